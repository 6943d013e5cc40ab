using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>How one quantity spreads over seeds; in text its mean with Student's 95 % interval.</summary>
/// <param name="Seeds">Seeds in which it is defined, at least 1.</param>
/// <param name="StandardDeviation">With n − 1; null for one seed.</param>
internal sealed record Spread(
    int Seeds, double Mean, double? StandardDeviation, double Minimum, double LowerQuartile, double Median, double UpperQuartile,
    double Maximum)
{
    /// <summary>Student's 95 % interval of the mean is Mean ± HalfWidth; null for one seed.</summary>
    [JsonIgnore]
    public double? HalfWidth =>
        StandardDeviation is { } deviation ? StudentQuantile(Seeds - 1) * deviation / Math.Sqrt(Seeds) : null;

    /// <summary>The spread of the values that are defined; null where none is.</summary>
    public static Spread? Of(IEnumerable<double?> values)
    {
        double[] sorted = [.. values.OfType<double>().Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return null;
        var mean = sorted.Average();
        double? deviation =
            sorted.Length == 1 ? null : Math.Sqrt(sorted.Sum(value => (value - mean) * (value - mean)) / (sorted.Length - 1));
        return new Spread(
            sorted.Length, mean, deviation, sorted[0], Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75), sorted[^1]);
    }

    /// <inheritdoc cref="Of(IEnumerable{double?})"/>
    public static Spread? Of(IEnumerable<double> values) => Of(values.Select(value => (double?)value));

    /// <summary>"0.1332 ± 0.0021"; a mean alone for one seed, and where all are alike: that is no estimate.</summary>
    public override string ToString() => HalfWidth is > 0 and var half
        ? $"{NumberText.Measure(Mean)} ± {NumberText.Measure(half)}"
        : NumberText.Measure(Mean);

    /// <summary>
    /// Quantiles of a sample, interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996, as NumPy's).
    /// </summary>
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="share">0 is the least value, 0.5 the median, 1 the greatest.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty) throw new ArgumentException("There is no quantile of no values.", nameof(sorted));
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

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
