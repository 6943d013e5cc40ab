using System.Diagnostics;
using System.Runtime.InteropServices;

namespace W2S.Bench;

/// <summary>Times the program itself, from its start to its end.</summary>
internal static class WholeRuns
{
    private static string Program => Path.Combine(Repository.Root, "artifacts", "bin", "W2S", "release", "W2S");

    /// <summary>Seconds that `W2S arguments --out FOLDER` takes in a fresh folder.</summary>
    public static double Reproduce(params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-bench-").FullName;
        try
        {
            return Run([.. arguments, "--out", Path.Combine(folder, "run")]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seconds that `W2S arguments` takes.</summary>
    public static double Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The program looks for .NET in the system's places; this process knows where it is.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var seconds = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0 ? seconds : throw new InvalidOperationException($"W2S {string.Join(' ', arguments)} ended with code {process.ExitCode}: {errors.Result}");
    }
}
