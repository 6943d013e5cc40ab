using W2S.Experiments;
using W2S.Reporting.Plots;
using W2S.Training;

namespace W2S.Reporting;

/// <summary>The loss curves that a run's metrics.jsonl holds.</summary>
internal static class LossCurves
{
    /// <param name="folder">The run's folder.</param>
    /// <param name="isMeant">Which metrics; null: all.</param>
    /// <returns>One for each job, in the order in which they first logged.</returns>
    internal static IReadOnlyList<LossCurve> Read(string folder, Func<Metric, bool>? isMeant = null) =>
    [
        .. JsonlMetricReader.Read(Path.Combine(folder, MetricFiles.JsonLines))
            .Where(metric => metric.Values.ContainsKey("loss") && isMeant?.Invoke(metric) != false)
            .GroupBy(metric => (metric.Job, metric.Source?.Id))
            .Select(job => new LossCurve(
                job.Key.Job, [.. job.OrderBy(metric => metric.Step).Select(metric => (metric.Epoch, metric.Values["loss"]))])),
    ];
}
