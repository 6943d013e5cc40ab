using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace W2S.Training;

/// <summary>Log events as messages to people; the run folder's log has them all with their times.</summary>
public sealed class MessageLog(IMessages messages) : ILogEventSink
{
    /// <summary>A log whose events of this level and above become messages.</summary>
    public static ILogger Create(IMessages messages, LogEventLevel minimum) =>
        new LoggerConfiguration().MinimumLevel.Is(minimum).WriteTo.Sink(new MessageLog(messages)).CreateLogger();

    public void Emit(LogEvent logEvent)
    {
        var prefix = logEvent.Level >= LogEventLevel.Warning ? logEvent.Level.ToString().ToLowerInvariant() + ": " : "";
        messages.Say(prefix + logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture).Replace("\"", ""));
    }
}
