namespace W2S.Experiments;

/// <summary>
/// What one panel says about the claim gain ≈ misfit. Every quantity that the tasks do not define (one task has no
/// correlation, no misfit has no slope, a NaN has no mean) is null, so that JSON never meets NaN.
/// </summary>
/// <param name="Tasks">Number of tasks.</param>
/// <param name="StrongError">The ceiling: heads on the strong representation fitted to true labels.</param>
/// <param name="MeanIntervals">
/// Of the means: over the evaluation rows of one task, over the tasks of five and more; null of two to four.
/// </param>
/// <param name="GainOverMisfit">Mean gain / mean misfit.</param>
/// <param name="SlopeThroughOrigin">
/// Least squares of gain = slope × misfit over tasks; the paper expects 1 (−1 where the roles are swapped).
/// </param>
/// <param name="Slope">Least squares of gain = slope × misfit + intercept over tasks.</param>
/// <param name="Correlation">Pearson's correlation of gain and misfit over tasks.</param>
/// <param name="ShareAboveLine">Share of tasks whose gain exceeds their misfit.</param>
/// <param name="MeanGapRecovered">Performance gap recovered, over the tasks that have a gap to recover.</param>
/// <param name="TasksWithoutGap">
/// Tasks left out of the gap recovered, because the strong model is not better than the weak one.
/// </param>
internal sealed record PanelStatistics(
    int Tasks, double? WeakError, double? StudentError, double? StrongError, double? Misfit, double? Gain, MeanIntervals? MeanIntervals,
    double? GainOverMisfit, Interval? GainOverMisfitInterval, double? SlopeThroughOrigin, Interval? SlopeThroughOriginInterval,
    double? Slope, double? Intercept, double? Correlation, Interval? CorrelationInterval, double? ShareAboveLine, double? MeanGapRecovered,
    double? MedianGapRecovered, int TasksWithoutGap)
{
    /// <summary>
    /// The statistics of a panel's tasks. The intervals come from the stream (seed, "bootstrap") and thus from the same draws each time.
    /// </summary>
    public static PanelStatistics Of(IReadOnlyList<CellResult> tasks, long seed)
    {
        var all = new GainOnMisfit();
        foreach (var task in tasks) all.Add(OrNaN(task.Gain), OrNaN(task.Misfit));
        var (ratio, slope, correlation) = Bootstrap(tasks, seed);
        double[] recovered = [.. tasks.Select(task => task.GapRecovered).OfType<double>().Where(double.IsFinite).Order()];
        var intervals = tasks.Count == 1 ? tasks[0].Intervals : tasks.Count < MeanIntervals.Fewest ? null : OverTasks(tasks, seed);
        return new PanelStatistics(
            tasks.Count, Mean(tasks, task => task.WeakError), Mean(tasks, task => task.StudentError),
            Mean(tasks, task => task.StrongError), Mean(tasks, task => task.Misfit), Mean(tasks, task => task.Gain), intervals,
            Defined(all.Ratio), ratio, Defined(all.SlopeThroughOrigin), slope, Defined(all.Slope), Defined(all.Intercept),
            Defined(all.Correlation), correlation,
            ShareAboveLine: Mean(tasks, task => double.IsNaN(OrNaN(task.Gain - task.Misfit)) ? null : task.Gain > task.Misfit ? 1 : 0),
            MeanGapRecovered: recovered.Length == 0 ? null : recovered.Average(),
            MedianGapRecovered: recovered.Length == 0 ? null : Spread.Quantile(recovered, 0.5),
            TasksWithoutGap: tasks.Count - recovered.Length);
    }

    private static (Interval? Ratio, Interval? Slope, Interval? Correlation) Bootstrap(IReadOnlyList<CellResult> tasks, long seed)
    {
        if (tasks.Count < 2) return default;
        var random = new RandomStream(seed, "bootstrap");
        double[] gains = [.. tasks.Select(task => OrNaN(task.Gain))], misfits = [.. tasks.Select(task => OrNaN(task.Misfit))];
        const int resamples = Interval.Resamples;
        double[] ratios = new double[resamples], slopes = new double[resamples], correlations = new double[resamples];
        for (var resample = 0; resample < resamples; resample++)
        {
            var drawn = new GainOnMisfit();
            for (var draw = 0; draw < gains.Length; draw++)
            {
                var task = random.NextInt(gains.Length);
                drawn.Add(gains[task], misfits[task]);
            }
            (ratios[resample], slopes[resample], correlations[resample]) = (drawn.Ratio, drawn.SlopeThroughOrigin, drawn.Correlation);
        }
        return (Interval.Middle(ratios), Interval.Middle(slopes), Interval.Middle(correlations));
    }

    private static MeanIntervals OverTasks(IReadOnlyList<CellResult> tasks, long seed) => MeanIntervals.Of(
        MeanIntervals.Cells,
        MeanIntervals.Measures.Of(tasks, task => task.WeakError, task => task.StudentError, task => task.StrongError, task => task.Misfit),
        seed);

    private static double? Mean(IReadOnlyList<CellResult> tasks, Func<CellResult, double?> measure) =>
        tasks.Count == 0 ? null : Defined(tasks.Average(task => OrNaN(measure(task))));

    /// <summary>What a stage does not have has no statistics.</summary>
    private static double OrNaN(double? value) => value ?? double.NaN;

    private static double? Defined(double value) => double.IsFinite(value) ? value : null;

    /// <summary>One panel over several seeds: how far another seed would have moved each number.</summary>
    /// <param name="GainOverMisfit">Of each seed's mean gain / mean misfit.</param>
    public sealed record OverSeeds(
        int Seeds, Spread? WeakError, Spread? StudentError, Spread? StrongError, Spread? Misfit, Spread? Gain, Spread? GainOverMisfit,
        Spread? SlopeThroughOrigin, Spread? Correlation, Spread? ShareAboveLine, Spread? MedianGapRecovered)
    {
        /// <param name="seeds">The same panel's statistics, one for each seed.</param>
        public static OverSeeds Of(IReadOnlyList<PanelStatistics> seeds)
        {
            return new OverSeeds(
                seeds.Count, Spread(seed => seed.WeakError), Spread(seed => seed.StudentError), Spread(seed => seed.StrongError),
                Spread(seed => seed.Misfit), Spread(seed => seed.Gain), Spread(seed => seed.GainOverMisfit),
                Spread(seed => seed.SlopeThroughOrigin), Spread(seed => seed.Correlation), Spread(seed => seed.ShareAboveLine),
                Spread(seed => seed.MedianGapRecovered));

            Spread? Spread(Func<PanelStatistics, double?> of) => Experiments.Spread.Of(seeds.Select(of));
        }
    }
}
