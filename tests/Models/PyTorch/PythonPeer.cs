using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace W2S.Models.Tests;

/// <summary>
/// peer.py, run by the system's Python where that has torch. Its files are made once for all tests, for importing torch takes
/// seconds.
/// </summary>
public sealed class PythonPeer : IDisposable
{
    // Debian's, which has python3-torch; another Python on the path may not.
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private readonly Lazy<(int ExitCode, string Output, string Errors)> _made;

    public PythonPeer() => _made = new(() =>
    {
        Directory.CreateDirectory(Types);
        Directory.CreateDirectory(Lightning);
        return Start("files", Folder);
    });

    public string Folder { get; } = Directory.CreateTempSubdirectory("w2s-test-").FullName;

    /// <summary>Files of every element type, and odd ones, with expected.json.</summary>
    public string Types => Path.Combine(Folder, "types");

    /// <summary>Lightning checkpoints with MolBERT's names, with expected.json.</summary>
    public string Lightning => Path.Combine(Folder, "lightning");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Makes the files, or skips the test where there is no torch.</summary>
    public void Require()
    {
        var (code, _, errors) = _made.Value;
        Skip.If(code != 0 && errors.Contains("No module named 'torch'", StringComparison.Ordinal), $"{Python} has no torch.");
        Skip.If(code < 0, errors);
        Assert.True(code == 0, errors);
    }

    /// <summary>What the script prints.</summary>
    public static string Run(string command, string argument)
    {
        var (code, output, errors) = Start(command, argument);
        Assert.True(code == 0, errors);
        return output;
    }

    private static (int ExitCode, string Output, string Errors) Start(string command, string argument)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(Python, [Path.Combine(Here(), "peer.py"), command, argument])
                {
                    RedirectStandardOutput = true, RedirectStandardError = true,
                })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, "", $"There is no {Python}: {error.Message}");
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
