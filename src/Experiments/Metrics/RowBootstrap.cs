using W2S.Data;

namespace W2S.Experiments.Metrics;

/// <summary>
/// Intervals by bootstrap over evaluation rows (Efron 1979; percentiles): how far another sample of rows would have moved a
/// metric of the same models. It says nothing of other seeds or other training data.
/// </summary>
public static class RowBootstrap
{
    /// <summary>
    /// The middle 95 % of a metric over resamples of the rows. Draws come from the stream (seed, "rows", resample), the same for
    /// every metric.
    /// </summary>
    /// <param name="rows">Evaluation rows; fewer than two have no interval.</param>
    /// <param name="metric">
    /// The metric of the rows of these numbers, some of them several times; null or no number where it is undefined.
    /// </param>
    /// <returns>Null where most resamples leave the metric undefined.</returns>
    public static Interval? Of(int rows, Func<int[], double?> metric, long seed, int resamples = Interval.Resamples)
    {
        if (rows < 2) return null;
        var values = new double[resamples];
        var drawn = new int[rows];
        for (var resample = 0; resample < resamples; resample++)
        {
            var random = new RandomStream(seed, "rows", resample);
            foreach (ref var row in drawn.AsSpan()) row = random.NextInt(rows);
            values[resample] = metric(drawn) ?? double.NaN;
        }
        double[] defined = [.. values.Where(double.IsFinite).Order()];
        return 2 * defined.Length < resamples ? null : new Interval(Quantiles.Of(defined, 0.025), Quantiles.Of(defined, 0.975));
    }

    /// <summary>Of the mean of a measure that each row has for itself: an error, a hit, a divergence.</summary>
    public static Interval? OfMean(double[] measures, long seed, int resamples = Interval.Resamples) =>
        Of(measures.Length, rows => rows.Sum(row => measures[row]) / rows.Length, seed, resamples);
}
