using System.Diagnostics;
using System.Runtime.InteropServices;
using W2S.Models;

namespace W2S.Bench;

/// <summary>Runs another program to its end.</summary>
internal static partial class ChildProcess
{
    /// <summary>Processor time of all programs that were run to their end. Linux.</summary>
    public static double ProcessorSeconds
    {
        get
        {
            const int ofChildren = -1;
            Span<long> usage = stackalloc long[18]; // struct rusage begins with seconds and microseconds as user, then as system
            if (GetResourceUsage(ofChildren, usage) != 0) throw new InvalidOperationException("getrusage failed.");
            return usage[0] + usage[2] + 1e-6 * (usage[1] + usage[3]);
        }
    }

    /// <summary>What the program writes to standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message ends with what it wrote of it.</exception>
    public static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(Start(program, arguments))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}: {errors.Result.Trim()}");
    }

    /// <summary>How a program is to be started: its output is read, and it has what its user would have.</summary>
    public static ProcessStartInfo Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Programs look for .NET in the system's places; this process knows where it is.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        // W2S sets it for itself; a peer has what its user would have.
        start.Environment.Remove(LibTorch.ReproducibilityVariable);
        return start;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int who, Span<long> usage);
}
