namespace W2S.Experiments;

/// <summary>Quantiles of a sample, interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996, as NumPy's).</summary>
public static class Quantiles
{
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="share">0 is the least value, 0.5 the median, 1 the greatest.</param>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty) throw new ArgumentException("There is no quantile of no values.", nameof(sorted));
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
