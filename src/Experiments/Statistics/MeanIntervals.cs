namespace W2S.Experiments;

/// <summary>
/// 95 % intervals of a panel's means by bootstrap. What is resampled says what else could have come out: the evaluation rows
/// where there is one cell (other rows, the same models), the cells where there are many (other tasks or splits, the same
/// representations), the seeds, each with all its cells, where there are many of those (everything anew; Davison and Hinkley
/// 1997, section 3.8, keep the cells of a drawn seed as they are). Null where a mean is missing or no number.
/// </summary>
/// <param name="Resampled">"rows", "cells" or "seeds".</param>
/// <param name="GainOverMisfit">Of mean gain / mean misfit.</param>
public sealed record MeanIntervals(
    string Resampled, Interval? WeakError, Interval? StudentError, Interval? StrongError, Interval? Misfit, Interval? Gain,
    Interval? GainOverMisfit)
{
    /// <summary>What was resampled: evaluation rows, cells or seeds.</summary>
    public const string Rows = "rows", Cells = "cells", Seeds = "seeds";

    /// <summary>Of fewer cells or seeds there is no interval: percentiles of so few values end at the values themselves.</summary>
    public const int Fewest = 5;

    /// <summary>Measures of rows, cells or seeds, each an array of as many; null for what was not measured.</summary>
    /// <param name="Misfit">Of rows that may be others than the errors' rows.</param>
    internal sealed record Measures(double[]? Weak, double[]? Student, double[]? Strong, double[]? Misfit)
    {
        /// <summary>Of cells or seeds; what one of them lacks is no number there, and what all lack was not measured.</summary>
        public static Measures Of<T>(
            IReadOnlyList<T> items, Func<T, double?> weak, Func<T, double?> student, Func<T, double?> strong, Func<T, double?> misfit)
        {
            return new(All(weak), All(student), All(strong), All(misfit));

            double[]? All(Func<T, double?> measure) =>
                items.All(item => measure(item) == null) ? null : [.. items.Select(item => measure(item) ?? double.NaN)];
        }
    }

    /// <param name="over">What is resampled, also the name of the stream (seed, over, resample) that draws.</param>
    /// <param name="hasMisfitRows">Whether the misfit was measured on rows of its own, which are drawn by themselves.</param>
    internal static MeanIntervals Of(string over, Measures measures, long seed, bool hasMisfitRows = false)
    {
        var (weak, student) = (measures.Weak, measures.Student);
        var gain = weak == null || student == null ? null : weak.Zip(student, (one, other) => one - other).ToArray();
        var drawn = Interval.ResampledMeans([weak, student, measures.Strong, gain, hasMisfitRows ? null : measures.Misfit], seed, over);
        if (hasMisfitRows) drawn[4] = Interval.ResampledMeans([measures.Misfit], seed, $"{over}/misfit")[0];
        var (gains, misfits) = (drawn[3], drawn[4]);
        var ratio = gains == null || misfits == null
            ? null
            : gains.Zip(misfits, (numerator, denominator) => numerator / denominator).ToArray();
        return new MeanIntervals(
            over, Middle(drawn[0]), Middle(drawn[1]), Middle(drawn[2]), Middle(misfits), Middle(gains), Middle(ratio));

        static Interval? Middle(double[]? means) => means == null ? null : Interval.Middle(means);
    }

    /// <summary>By the names of the means, in the order of tables.</summary>
    internal IReadOnlyList<(string Name, Interval? Interval)> Named() =>
    [
        ("weak_error", WeakError), ("student_error", StudentError), ("strong_error", StrongError), ("misfit", Misfit), ("gain", Gain),
        ("gain_over_misfit", GainOverMisfit),
    ];
}
