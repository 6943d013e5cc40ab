using W2S.Training;

namespace W2S.Experiments;

/// <summary>The loss curves that a run's metrics.jsonl holds.</summary>
internal static class LossCurves
{
    /// <param name="folder">The run's folder.</param>
    /// <returns>One for each job, in the order in which they first logged.</returns>
    internal static IReadOnlyList<LossCurve> Read(string folder) =>
    [
        .. JsonlMetricReader.Read(Path.Combine(folder, RunFolder.MetricsFile)).Where(metric => metric.Values.ContainsKey("loss")).GroupBy(metric => metric.Job)
            .Select(job => new LossCurve(job.Key, [.. job.OrderBy(metric => metric.Step).Select(metric => (metric.Epoch, metric.Values["loss"]))])),
    ];
}
