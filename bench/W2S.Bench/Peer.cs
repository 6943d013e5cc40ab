using System.Text.Json;

namespace W2S.Bench;

/// <summary>What a peer says of a round.</summary>
/// <param name="MadeWith">"torch 1.13.1".</param>
/// <param name="Seconds">By name, as bench/peers/timings.py names them.</param>
/// <param name="Losses">Of the first steps on the samples that it was given, by the name of what was trained.</param>
internal sealed record PeerTimes(
    string MadeWith, IReadOnlyDictionary<string, double> Seconds, IReadOnlyDictionary<string, double[]> Losses);

/// <summary>A program in plain PyTorch or TorchSharp that times its own steps, a process a round.</summary>
/// <param name="steps">The command for MLPs and heads; a folder and the repetitions follow.</param>
/// <param name="encoder">The command for encoders; a folder and seconds follow.</param>
internal sealed class Peer(string[] steps, string[] encoder)
{
    private const string Repetitions = "100", Seconds = "1";

    /// <summary>Plain TorchSharp, built beside this program.</summary>
    public static Peer TorchSharp { get; } = new(
        [Repository.Built("TorchSharpPeer"), "steps"], [Repository.Built("TorchSharpPeer"), "encoder"]);

    /// <summary>What it says it is made with, after a round.</summary>
    public string MadeWith { get; private set; } = "none";

    /// <summary>A python with torch, or null where there is none. The system's comes first: Debian's PyTorch is in that one.</summary>
    public static Peer? FindPyTorch()
    {
        var scripts = Path.Combine(Repository.Root, "bench", "peers");
        return new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(HasTorch) is { } python
            ? new Peer([python, Path.Combine(scripts, "timings.py")], [python, Path.Combine(scripts, "encoder.py"), "time"])
            : null;
    }

    /// <summary>One round of MLPs and heads. Takes some seconds, most of them to load torch.</summary>
    /// <param name="folder">Has steps.json.</param>
    public PeerTimes Steps(string folder) => Times([.. steps, folder, Repetitions]);

    /// <summary>One round of encoders.</summary>
    /// <param name="folder">Has case.json and parameters.bin.</param>
    public PeerTimes Encoder(string folder) => Times([.. encoder, folder, Seconds]);

    private PeerTimes Times(string[] command)
    {
        var times = JsonSerializer.Deserialize<PeerTimes>(ChildProcess.Output(command[0], command[1..]), Json)!;
        MadeWith = times.MadeWith;
        return times;
    }

    private static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static bool HasTorch(string python)
    {
        try
        {
            const string hasTorch = "import importlib.util as u; print(u.find_spec('torch') is not None)";
            return ChildProcess.Output(python, "-c", hasTorch).Trim() == "True";
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}
