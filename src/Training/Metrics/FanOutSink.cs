using Serilog;

namespace W2S.Training;

/// <summary>Writes every metric to several sinks. One that fails is dropped with a warning: a full disk under a log must not stop training.</summary>
public sealed class FanOutSink(IEnumerable<IMetricSink> sinks, ILogger log) : IMetricSink
{
    private readonly List<IMetricSink> _sinks = [.. sinks];
    private readonly Lock _lock = new();

    public void Write(Metric metric)
    {
        lock (_lock) _sinks.RemoveAll(sink => Fails(sink, metric));
    }

    private bool Fails(IMetricSink sink, Metric metric)
    {
        try
        {
            sink.Write(metric);
            return false;
        }
        catch (Exception error)
        {
            log.Warning("{Sink} failed and gets no more metrics; training goes on: {Error}", sink.GetType().Name, error.Message);
            return true;
        }
    }
}
