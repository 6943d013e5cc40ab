namespace W2S.Bench;

/// <summary>One row: what is timed, its unit, and the time of W2S and of the peer in each round.</summary>
/// <param name="Operations">Floating-point operations in the time of one unit, or null where they are not counted.</param>
internal sealed record Comparison(string Name, string Unit, double? Operations)
{
    public List<double> W2S { get; } = [];

    /// <summary>Empty where there is no peer.</summary>
    public List<double> Peer { get; } = [];

    /// <summary>How many times faster W2S is: the ratio of the medians.</summary>
    public double? Ratio => Peer.Count == 0 ? null : Spread.Of(Peer).Median / Spread.Of(W2S).Median;

    /// <summary>The part of one core's peak that W2S reaches; only for units of microseconds.</summary>
    /// <param name="peak">Floating-point operations a nanosecond.</param>
    public double? FractionOf(double peak) => Operations / (Spread.Of(W2S).Median * 1000) / peak;
}

/// <summary>The middle and the ends of the rounds.</summary>
internal readonly record struct Spread(double Least, double Median, double Most)
{
    public static Spread Of(IReadOnlyList<double> times)
    {
        var sorted = times.Order().ToArray();
        var middle = sorted.Length / 2;
        return new Spread(sorted[0], sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[^1]);
    }
}
