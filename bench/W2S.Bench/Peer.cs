using System.Diagnostics;
using System.Text.Json;

namespace W2S.Bench;

/// <summary>What the peer measured in one call: medians, and how many steps of each kind Figure 2b takes.</summary>
internal sealed record PeerTimes(IReadOnlyDictionary<string, double> MicrosecondsPerStep, IReadOnlyDictionary<string, long> Steps);

/// <summary>The authors' loop in PyTorch (bench/peers/notebook.py), on one thread: more are slower at this size.</summary>
internal sealed class Peer
{
    private readonly string _python;
    private readonly string _script;

    private Peer(string python, string script) => (_python, _script) = (python, script);

    /// <summary>The peer, or null where no python3 has PyTorch. The system's python comes first: Debian's PyTorch is in that one.</summary>
    public static Peer? Find(string repositoryRoot)
    {
        foreach (var python in new[] { "/usr/bin/python3", "python3" })
        {
            try
            {
                if (Run(python, ["-c", "import torch, numpy"]).ExitCode == 0) return new Peer(python, Path.Combine(repositoryRoot, "bench", "peers", "notebook.py"));
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such python.
            }
        }
        return null;
    }

    /// <summary>Times so many steps of each kind.</summary>
    /// <exception cref="InvalidOperationException">The script failed; the message is its last words.</exception>
    public PeerTimes Time(int steps)
    {
        var (exitCode, output, errors) = Run(_python, [_script, "--time-steps", $"{steps}"]);
        if (exitCode != 0) throw new InvalidOperationException($"{_script} failed: {errors.Trim().Split('\n')[^1]}");
        using var json = JsonDocument.Parse(output);
        return new PeerTimes(
            json.RootElement.GetProperty("microseconds_per_step").EnumerateObject().ToDictionary(kind => kind.Name, kind => kind.Value.GetProperty("median").GetDouble()),
            json.RootElement.GetProperty("steps_of_the_full_run").EnumerateObject().ToDictionary(kind => kind.Name, kind => kind.Value.GetInt64()));
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
