namespace W2S.Experiments;

/// <summary>The middle 95 % of a bootstrap distribution (Efron 1979; percentiles).</summary>
public sealed record Interval(double Low, double High)
{
    /// <summary>Number of bootstrap resamples.</summary>
    public const int Resamples = 2000;

    /// <summary>
    /// Resamples that define nothing (the same task drawn throughout) are left out; where most do so there is no interval.
    /// </summary>
    /// <param name="values">One a resample; no number where it defines nothing.</param>
    public static Interval? Middle(IReadOnlyList<double> values)
    {
        double[] defined = [.. values.Where(double.IsFinite).Order()];
        return 2 * defined.Length < values.Count ? null : new Interval(Quantiles.Of(defined, 0.025), Quantiles.Of(defined, 0.975));
    }
}
