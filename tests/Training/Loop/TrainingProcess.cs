using System.Diagnostics;
using System.Globalization;

namespace W2S.Training.Tests;

/// <summary>
/// A process of its own that trains in a folder (see <see cref="TrainingProgram"/>), to be killed and signalled. Disposing kills
/// it.
/// </summary>
internal sealed class TrainingProcess : IDisposable
{
    private readonly Process _process;

    public TrainingProcess(string folder, long steps, int millisecondsPerStep = 1) : this([folder, steps, millisecondsPerStep]) { }

    public TrainingProcess(params object[] arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        // A job in a shell's background ignores Ctrl-C, and so does whatever it starts: the process is to hear it also there.
        var start = new ProcessStartInfo("/usr/bin/env") { RedirectStandardOutput = true, RedirectStandardError = true };
        object[] all = ["--default-signal=INT", dotnet, "exec", typeof(TrainingProgram).Assembly.Location, .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    /// <summary>Waits for so many further lines of output; false where the process ended before.</summary>
    public bool ReadLines(int count)
    {
        for (var line = 0; line < count; line++)
        {
            if (_process.StandardOutput.ReadLine() == null) return false;
        }
        return true;
    }

    /// <summary>Sends a signal by name, such as TERM or KILL.</summary>
    public void Send(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Whether it ends within so many milliseconds.</summary>
    public bool HasExited(int milliseconds) => _process.WaitForExit(milliseconds);

    /// <summary>Waits for its end.</summary>
    public (int ExitCode, string Errors) Finish()
    {
        _process.StandardOutput.ReadToEnd();
        var errors = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        return (_process.ExitCode, errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
