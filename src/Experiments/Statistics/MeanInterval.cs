namespace W2S.Experiments;

/// <summary>A mean over runs with Student's 95 % interval.</summary>
/// <param name="Count">Runs in which it is defined.</param>
/// <param name="HalfWidth">The interval is Mean ± HalfWidth; null for a single run.</param>
internal sealed record MeanInterval(int Count, double Mean, double? HalfWidth)
{
    /// <summary>Null where no value is defined.</summary>
    public static MeanInterval? Of(IEnumerable<double?> values)
    {
        if (Spread.Of(values) is not { } spread) return null;
        double? half = spread.StandardDeviation is { } deviation ? StudentQuantile(spread.Seeds - 1) * deviation / Math.Sqrt(spread.Seeds) : null;
        return new MeanInterval(spread.Seeds, spread.Mean, half);
    }

    /// <summary>"0.1332 ± 0.0021"; a mean alone for one run, and where all runs are alike: that is no estimate.</summary>
    public override string ToString() => HalfWidth is > 0 and var half ? $"{NumberText.Measure(Mean)} ± {NumberText.Measure(half)}" : NumberText.Measure(Mean);

    /// <summary>
    /// The 97.5 % quantile of Student's t: exact for 1 and 2 degrees of freedom; else the expansion of Cornish and Fisher
    /// (Abramowitz and Stegun 26.7.5) as a start, and Newton's steps on the distribution function.
    /// </summary>
    internal static double StudentQuantile(int degrees)
    {
        const double share = 0.975, z = 1.959963984540054;
        if (degrees == 1) return Math.Tan(Math.PI * (share - 0.5));
        if (degrees == 2) return (2 * share - 1) / Math.Sqrt(2 * share * (1 - share));
        double z3 = z * z * z, z5 = z3 * z * z, n = degrees;
        var t = z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
        var scale = Normalisation(degrees);
        for (var step = 0; step < 4; step++) t -= (Distribution(t) - share) / Density(t);
        return t;

        // Simpson's rule on the density from 0: smooth, and t is small.
        double Distribution(double t)
        {
            const int panels = 2000;
            var (width, sum) = (t / panels, 0.0);
            for (var index = 0; index <= panels; index++)
                sum += Density(index * width) * (index is 0 or panels ? 1 : index % 2 == 1 ? 4 : 2);
            return 0.5 + sum * width / 3;
        }

        double Density(double t) => scale * Math.Pow(1 + t * t / degrees, -(degrees + 1) / 2.0);
    }

    /// <summary>Γ((n+1)/2) / (√(nπ) Γ(n/2)), by the recursion of the Gamma ratio from n = 1 or 2 upwards.</summary>
    private static double Normalisation(int degrees)
    {
        var ratio = degrees % 2 == 1 ? 1 / Math.Sqrt(Math.PI) : Math.Sqrt(Math.PI) / 2;
        for (var n = degrees % 2 == 1 ? 1 : 2; n < degrees; n += 2) ratio *= (n + 1) / (double)n;
        return ratio / Math.Sqrt(degrees * Math.PI);
    }
}
