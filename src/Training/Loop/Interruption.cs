using System.Globalization;
using System.Runtime.InteropServices;
using Serilog;

namespace W2S.Training;

/// <summary>
/// Turns the system's wish to end the program into a <see cref="StopSignal"/>: Ctrl-C, SIGTERM, SIGHUP when the terminal goes
/// (not under nohup), and SIGUSR1 and SIGUSR2, which schedulers send ahead of a time limit. A second Ctrl-C ends the program at
/// once with 130.
/// </summary>
public sealed class Interruption : IDisposable
{
    private const int ExitCodeOfInterrupt = 130;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly StopSignal _stop;
    private readonly ILogger _log;
    private int _interrupts;

    private Interruption(StopSignal stop, ILogger log) => (_stop, _log) = (stop, log);

    /// <summary>Handles the signals until it is disposed.</summary>
    public static Interruption Install(StopSignal stop, ILogger log)
    {
        var interruption = new Interruption(stop, log);
        interruption.Handle(PosixSignal.SIGINT, "SIGINT");
        interruption.Handle(PosixSignal.SIGTERM, "SIGTERM");
        if (OperatingSystem.IsWindows()) return interruption;
        if (!IsHangupIgnored()) interruption.Handle(PosixSignal.SIGHUP, "SIGHUP");
        // .NET takes the system's own numbers for signals that it has no name for.
        var (user1, user2) = OperatingSystem.IsMacOS() ? (30, 31) : (10, 12);
        interruption.Handle((PosixSignal)user1, "SIGUSR1");
        interruption.Handle((PosixSignal)user2, "SIGUSR2");
        return interruption;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    /// <summary>Whether whoever started the program wants it to outlive the terminal; a handler would undo that.</summary>
    private static bool IsHangupIgnored()
    {
        const string key = "SigIgn:", status = "/proc/self/status";
        if (!File.Exists(status)) return false;
        var mask = File.ReadLines(status).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();
        return ulong.TryParse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ignored)
            && (ignored & 1) != 0; // SIGHUP is 1
    }

    private void Handle(PosixSignal signal, string name) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (signal == PosixSignal.SIGINT && Interlocked.Increment(ref _interrupts) > 1) Environment.Exit(ExitCodeOfInterrupt);
        if (_stop.IsSet) return;
        _stop.Set(name);
        _log.Warning(
            "{Signal}: finishing the step and saving{Hint}", name, signal == PosixSignal.SIGINT ? "; Ctrl-C again stops at once" : "");
    }));
}
