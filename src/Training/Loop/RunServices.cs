using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace W2S.Training;

/// <summary>What the host of a run gives to everything that runs in it: time, the wish to stop, and where to tell.</summary>
public sealed record RunServices(TimeProvider Time, StopSignal Stop, IMetricSink Metrics, IProgressDisplay Progress, ILogger Log)
{
    /// <summary>What the outermost run's folder keeps beside metrics.jsonl.</summary>
    public MetricFormats Formats { get; init; }

    /// <summary>What every training calls on its way.</summary>
    public TrainingCallbacks Callbacks { get; init; } = TrainingCallbacks.None;

    /// <summary>Milestones and messages as lines on stderr; stops when <see cref="Interruption"/> or the caller says so.</summary>
    public static RunServices OnConsole() => new(
        TimeProvider.System, new StopSignal(), IMetricSink.None, new MilestoneProgress(Console.Error.WriteLine, TimeProvider.System),
        LogTo(Console.Error.WriteLine, LogEventLevel.Information));

    /// <summary>
    /// A log whose events of this level and above are said to people; the run folder's log has them all with their times.
    /// </summary>
    internal static ILogger LogTo(Action<string> say, LogEventLevel minimum) =>
        new LoggerConfiguration().MinimumLevel.Is(minimum).WriteTo.Sink(new Messages(say)).CreateLogger();

    /// <summary>The same, where metrics say what their job fits.</summary>
    public RunServices Describing(MetricSource source) => this with { Metrics = new DescribedMetrics(Metrics, source) };

    /// <summary>
    /// A program that Ctrl-C and a scheduler's signals stop after saving, and whose errors are sentences: returns 0, 1 where a
    /// training failed, 2 for a user's mistake, 75 where it was stopped and the same command continues.
    /// </summary>
    public static int OnConsole(Action<RunServices> program)
    {
        var run = OnConsole();
        using var interruption = Interruption.Install(run.Stop, run.Log);
        try
        {
            program(run);
            return 0;
        }
        catch (Exception error) when (error is UserErrorException or TrainingFailedException or StoppedException)
        {
            Console.Error.WriteLine(error.Message);
            return error is StoppedException ? 75 : error is UserErrorException ? 2 : 1;
        }
    }

    /// <summary>Tells nobody and never stops: for tests.</summary>
    public static RunServices Silent =>
        new(TimeProvider.System, new StopSignal(), IMetricSink.None, IProgressDisplay.None, Logger.None);

    private sealed class Messages(Action<string> say) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            var prefix = logEvent.Level >= LogEventLevel.Warning ? logEvent.Level.ToString().ToLowerInvariant() + ": " : "";
            say(prefix + logEvent.RenderMessage(CultureInfo.InvariantCulture).Replace("\"", ""));
        }
    }

    /// <summary>Says of every metric what its job fits.</summary>
    private sealed class DescribedMetrics(IMetricSink inner, MetricSource source) : IMetricSink
    {
        public void Write(Metric metric) => inner.Write(metric with { Source = source });
    }
}

/// <summary>Set by Ctrl-C, SIGTERM and time limits, read by the training loop between chunks of steps.</summary>
/// <param name="parent">A wish that also counts here; null: none.</param>
public sealed class StopSignal(StopSignal? parent = null)
{
    private volatile string? _reason;
    private volatile bool _isAbandoned;

    /// <summary>Why to stop ("SIGTERM"), or null while running.</summary>
    public string? Reason => _reason ?? parent?.Reason;

    /// <summary>Whether there is a wish to stop.</summary>
    public bool IsSet => Reason != null;

    /// <summary>Whether the folder belongs to another worker by now: what stops must not save.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <exception cref="StoppedException">There is a wish to stop.</exception>
    public void ThrowIfSet()
    {
        if (Reason is { } reason) throw new StoppedException(reason);
    }

    /// <summary>The first reason stays.</summary>
    public void Set(string reason) => _reason ??= reason;

    /// <summary>Stop, and write nothing more.</summary>
    public void Abandon(string reason)
    {
        _isAbandoned = true;
        Set(reason);
    }
}

/// <summary>The run was asked to stop, has saved, and can be continued by the same command. The program exits with 75.</summary>
public sealed class StoppedException(string reason) : Exception($"Stopped by {reason}; the same command continues.")
{
    /// <summary>Who asked: "SIGTERM", "Ctrl-C".</summary>
    public string Reason { get; } = reason;
}

/// <summary>The training cannot go on; the message is a paragraph that names the cause and the remedy. The program exits with 1.</summary>
public sealed class TrainingFailedException(string message, Exception inner) : Exception(message, inner);
