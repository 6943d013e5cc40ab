using Serilog.Events;
using Spectre.Console;

namespace W2S.Cli;

/// <summary>
/// What a command runs in: progress and messages on stderr, and the wish to stop from Ctrl-C and the system's signals.
/// </summary>
internal sealed partial class Host : IDisposable
{
    private const string ShowCursor = "\e[?25h";
    private readonly Interruption _interruption;
    private readonly IDisposable? _display;

    private Host(Action<string> say, IProgressDisplay progress, LogEventLevel minimum)
    {
        _display = progress as IDisposable;
        Services = new RunServices(
            TimeProvider.System, new StopSignal(), IMetricSink.None, progress, RunServices.LogTo(say, minimum));
        _interruption = Interruption.Install(Services.Stop, Services.Log);
    }

    public RunServices Services { get; }

    /// <summary>Live lines where stderr is a terminal, milestone lines elsewhere, neither if quiet.</summary>
    public static Host Create(bool quiet, bool verbose)
    {
        var minimum = quiet ? LogEventLevel.Warning : verbose ? LogEventLevel.Debug : LogEventLevel.Information;
        if (quiet) return new Host(Console.Error.WriteLine, IProgressDisplay.None, minimum);
        var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return isTerminal ? OnTerminal(minimum) : InLog(minimum);
    }

    public void Dispose()
    {
        _interruption.Dispose();
        _display?.Dispose();
    }

    private static Host InLog(LogEventLevel minimum) =>
        new(Console.Error.WriteLine, new MilestoneProgress(Console.Error.WriteLine, TimeProvider.System), minimum);

    private static Host OnTerminal(LogEventLevel minimum)
    {
        // A second Ctrl-C ends the program while the live lines have the cursor hidden.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.Error.Write(ShowCursor);
        var live = new LiveProgress(
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }), TimeProvider.System);
        return new Host(live.Say, live, minimum);
    }
}
