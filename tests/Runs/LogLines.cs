using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace W2S.Runs;

/// <summary>What a log was told.</summary>
internal sealed class LogLines : ILogEventSink
{
    public LogLines() => Logger = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }
    public List<string> All { get; } = [];

    public void Emit(LogEvent logEvent) => All.Add(logEvent.RenderMessage());
}
