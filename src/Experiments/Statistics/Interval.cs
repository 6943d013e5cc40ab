namespace W2S.Experiments;

/// <summary>The middle 95 % of a bootstrap distribution.</summary>
public sealed record Interval(double Low, double High)
{
    /// <summary>Number of bootstrap resamples.</summary>
    public const int Resamples = 2000;
}
