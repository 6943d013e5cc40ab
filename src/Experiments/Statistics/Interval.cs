using System.Runtime.CompilerServices;

namespace W2S.Experiments;

/// <summary>The middle 95 % of a bootstrap distribution (Efron 1979; percentiles).</summary>
public sealed record Interval(double Low, double High)
{
    /// <summary>Number of bootstrap resamples.</summary>
    public const int Resamples = 2000;

    private const int MostGroups = 20_000;

    /// <summary>
    /// Resamples that define nothing (the same task drawn throughout) are left out; where most do so there is no interval.
    /// </summary>
    /// <param name="values">One a resample; no number where it defines nothing.</param>
    public static Interval? Middle(IReadOnlyList<double> values)
    {
        double[] defined = [.. values.Where(double.IsFinite).Order()];
        return 2 * defined.Length < values.Count ? null : new Interval(Spread.Quantile(defined, 0.025), Spread.Quantile(defined, 0.975));
    }

    /// <summary>
    /// The middle 95 % of a metric over resamples of the evaluation rows: how far another sample of rows would have moved it, of the
    /// same models. It says nothing of other seeds or other training data. Draws come from the stream (seed, "rows", resample), the same
    /// for every metric.
    /// </summary>
    /// <param name="rows">Evaluation rows; fewer than two have no interval.</param>
    /// <param name="metric">
    /// The metric of the rows of these numbers, some of them several times; null or no number where it is undefined.
    /// </param>
    /// <returns>Null where most resamples leave the metric undefined.</returns>
    internal static Interval? OverRows(int rows, Func<int[], double?> metric, long seed, int resamples = Resamples)
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
        return Middle(values);
    }

    /// <summary>Of the mean of a measure that each row has for itself: an error, a hit, a divergence.</summary>
    internal static Interval? OfMean(double[] measures, long seed, int resamples = Resamples) =>
        ResampledMeans([measures], seed, "rows", resamples)[0] is { } means ? Middle(means) : null;

    /// <summary>
    /// The means of several measures over resamples, all of the same draws; on all cores. Beyond 20,000 rows neighbours are drawn
    /// together: the means of groups vary as those of rows do, and the groups stay in the cache.
    /// </summary>
    /// <param name="measures">[rows] each, of as many rows (or cells, or seeds); null ones stay null.</param>
    /// <param name="over">Names the stream (seed, over, resample) that draws.</param>
    /// <returns>[resamples] for each measure; null where there are fewer than two rows.</returns>
    internal static double[]?[] ResampledMeans(
        IReadOnlyList<double[]?> measures, long seed, string over, int resamples = Resamples)
    {
        var known = measures.OfType<double[]>().ToArray();
        var rows = known.FirstOrDefault()?.Length ?? 0;
        if (known.Any(measure => measure.Length != rows))
            throw new ArgumentException("Measures of one draw have as many rows.", nameof(measures));
        if (rows < 2) return new double[]?[measures.Count];
        var size = (rows + MostGroups - 1) / MostGroups;
        var groups = Groups(known, rows, size);
        var means = known.Select(_ => new double[resamples]).ToArray();
        Parallel.For(0, resamples, resample =>
        {
            var sums = new double[known.Length + 1];
            AddDrawn(new RandomStream(seed, over, resample), groups, (rows + size - 1) / size, sums);
            for (var measure = 0; measure < means.Length; measure++) means[measure][resample] = sums[measure] / sums[^1];
        });
        var next = 0;
        return [.. measures.Select(measure => measure == null ? null : means[next++])];
    }

    /// <summary>[groups, measures + 1]: each measure's sum over a group's rows, and last how many they are.</summary>
    private static double[] Groups(double[][] measures, int rows, int size)
    {
        var groups = new double[(rows + size - 1) / size * (measures.Length + 1)];
        for (var row = 0; row < rows; row++)
        {
            var group = groups.AsSpan(row / size * (measures.Length + 1), measures.Length + 1);
            for (var measure = 0; measure < measures.Length; measure++) group[measure] += measures[measure][row];
            group[^1]++;
        }
        return groups;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDrawn(RandomStream random, double[] groups, int count, Span<double> sums)
    {
        for (var draw = 0; draw < count; draw++)
        {
            var group = groups.AsSpan(random.NextInt(count) * sums.Length, sums.Length);
            for (var column = 0; column < group.Length; column++) sums[column] += group[column];
        }
    }
}
