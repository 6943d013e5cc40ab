namespace W2S.Experiments;

/// <summary>How one quantity spreads over seeds.</summary>
/// <param name="Seeds">Seeds in which it is defined, at least 1.</param>
/// <param name="StandardDeviation">With n − 1; null for one seed.</param>
internal sealed record Spread(
    int Seeds, double Mean, double? StandardDeviation, double Minimum, double LowerQuartile, double Median, double UpperQuartile, double Maximum)
{
    /// <summary>The spread of the values that are defined; null where none is.</summary>
    public static Spread? Of(IEnumerable<double?> values)
    {
        double[] sorted = [.. values.OfType<double>().Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return null;
        var mean = sorted.Average();
        double? deviation = sorted.Length == 1 ? null : Math.Sqrt(sorted.Sum(value => (value - mean) * (value - mean)) / (sorted.Length - 1));
        return new Spread(
            sorted.Length, mean, deviation, sorted[0], Quantiles.Of(sorted, 0.25), Quantiles.Of(sorted, 0.5), Quantiles.Of(sorted, 0.75), sorted[^1]);
    }
}
