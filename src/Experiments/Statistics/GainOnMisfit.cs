namespace W2S.Experiments;

/// <summary>
/// How gain follows misfit over tasks, from five sums: cheap enough to be done again for each bootstrap resample. What is
/// undefined (no spread, no misfit, values that are no numbers) is NaN here; <see cref="PanelStatistics"/> makes it null.
/// </summary>
internal struct GainOnMisfit
{
    private int _count;
    private double _gain, _misfit, _gainSquares, _misfitSquares, _products;

    public void Add(double gain, double misfit)
    {
        _count++;
        _gain += gain;
        _misfit += misfit;
        _gainSquares += gain * gain;
        _misfitSquares += misfit * misfit;
        _products += gain * misfit;
    }

    public readonly double MeanGain => _gain / _count;
    public readonly double MeanMisfit => _misfit / _count;

    /// <summary>Mean gain / mean misfit; NaN where the student only repeats its teacher.</summary>
    public readonly double Ratio => Repeats(_gain, _misfit) ? double.NaN : _gain / _misfit;

    /// <summary>Least squares of gain = slope × misfit; NaN where the students only repeat their teachers.</summary>
    public readonly double SlopeThroughOrigin => Repeats(_products, _misfitSquares) ? double.NaN : _products / _misfitSquares;

    /// <summary>Least squares of gain = slope × misfit + intercept.</summary>
    public readonly double Slope => Spread(_misfitSquares, _misfit) is > 0 and var spread ? Covariance / spread : double.NaN;

    public readonly double Intercept => MeanGain - Slope * MeanMisfit;

    /// <summary>Pearson's.</summary>
    public readonly double Correlation
    {
        get
        {
            double gain = Spread(_gainSquares, _gain), misfit = Spread(_misfitSquares, _misfit);
            return gain > 0 && misfit > 0 ? Math.Clamp(Covariance / Math.Sqrt(gain * misfit), -1, 1) : double.NaN;
        }
    }

    // By Cauchy and Schwarz |gain| ≤ misfit + 2 √(misfit × weak error): so far apart, the student differs from its teacher by less
    // than 2e-4 of what the teacher errs by, and the quotient tells how little that is, not what it gains.
    private static bool Repeats(double gain, double misfit) => Math.Abs(gain) > 1e4 * misfit;

    private readonly double Covariance => _products - _gain * _misfit / _count;

    /// <summary>Sum of squared deviations from the mean; 0 where it is nothing but rounding of the sums.</summary>
    private readonly double Spread(double squares, double sum)
    {
        var spread = squares - sum * sum / _count;
        return spread > 1e-14 * squares ? spread : 0;
    }

    /// <summary>
    /// Spearman's rank correlation: Pearson's, of ranks; equal values share the mean of their ranks. Between −1 and 1; null where one
    /// side does not vary.
    /// </summary>
    public static double? OfRanks(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"{first.Count} values cannot be ranked against {second.Count}.", nameof(second));
        var pairs = new GainOnMisfit();
        foreach (var (one, other) in Ranks(first).Zip(Ranks(second))) pairs.Add(one, other);
        return pairs.Correlation is var correlation && double.IsFinite(correlation) ? correlation : null;
    }

    /// <summary>Each value's rank, from 1.</summary>
    internal static IEnumerable<double> Ranks(IReadOnlyList<double> values) =>
        values.Select(value => values.Count(other => other < value) + (values.Count(other => other == value) + 1) / 2.0);
}
