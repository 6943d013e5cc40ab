namespace W2S.Training;

/// <summary>One line of metrics.jsonl: which job, at which step, and named values.</summary>
public sealed record Metric(string Job, long Step, double Epoch, IReadOnlyDictionary<string, double> Values);

/// <summary>Where metrics go. A sink that fails must not stop training.</summary>
public interface IMetricSink
{
    void Write(Metric metric);
}

public sealed class NoMetrics : IMetricSink
{
    public static readonly NoMetrics Instance = new();
    public void Write(Metric metric) { }
}
