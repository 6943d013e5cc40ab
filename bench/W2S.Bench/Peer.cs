using System.Diagnostics;
using System.Text.Json;

namespace W2S.Bench;

/// <summary>PyTorch's side: a script of bench/peers, one process a round.</summary>
internal sealed class Peer
{
    private const int Repetitions = 100;
    private readonly string _python, _script;

    private Peer(string python, string script) => (_python, _script) = (python, script);

    /// <summary>A python with torch, or null where there is none. The system's comes first: Debian's PyTorch is in that one.</summary>
    /// <param name="name">The script's, in bench/peers.</param>
    public static Peer? Find(string name = "timings.py")
    {
        var script = Path.Combine(Repository.Root, "bench", "peers", name);
        var python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(HasTorch);
        return python == null || !File.Exists(script) ? null : new Peer(python, script);
    }

    /// <summary>"torch 1.13.1", after a round.</summary>
    public string MadeWith { get; private set; } = "PyTorch";

    /// <summary>One round: seconds by name, as timings.py names them. Takes some seconds, most of them to load torch.</summary>
    public IReadOnlyDictionary<string, double> TimeRound() => Time($"{Repetitions}");

    /// <summary>Seconds by name, as the script prints them for these arguments.</summary>
    public IReadOnlyDictionary<string, double> Time(params string[] arguments)
    {
        using var document = JsonDocument.Parse(Output(_python, [_script, .. arguments]));
        MadeWith = document.RootElement.GetProperty("made_with").GetString()!;
        return document.RootElement.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.Number)
            .ToDictionary(property => property.Name, property => property.Value.GetDouble());
    }

    private static bool HasTorch(string python)
    {
        try
        {
            return Output(python, "-c", "import importlib.util as u; print(u.find_spec('torch') is not None)").Trim() == "True";
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}: {errors.Result.Trim().Split('\n')[^1]}");
    }
}
