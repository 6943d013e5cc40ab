using W2S.Training;

namespace W2S.Experiments;

/// <summary>Wishes to stop after so many metrics.</summary>
internal sealed class StopAfter(StopSignal stop, int lines) : IMetricSink
{
    private int _seen;

    public void Write(Metric metric)
    {
        if (++_seen == lines) stop.Set("enough");
    }
}
