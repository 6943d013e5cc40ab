namespace W2S.Experiments;

/// <summary>
/// What one panel says about the claim gain ≈ misfit. Every quantity that the tasks do not define (one task has no
/// correlation, no misfit has no slope, a NaN has no mean) is null, so that JSON never meets NaN.
/// </summary>
internal sealed record PanelStatistics
{
    /// <summary>Number of tasks.</summary>
    public required int Tasks { get; init; }

    public required double? WeakError { get; init; }
    public required double? StudentError { get; init; }

    /// <summary>The ceiling: heads on the strong representation fitted to true labels.</summary>
    public required double? StrongError { get; init; }

    public required double? Misfit { get; init; }
    public required double? Gain { get; init; }

    /// <summary>Of the means: over the evaluation rows of one task, over the tasks of five and more; null of two to four.</summary>
    public required MeanIntervals? MeanIntervals { get; init; }

    /// <summary>Mean gain / mean misfit.</summary>
    public required double? GainOverMisfit { get; init; }
    public required Interval? GainOverMisfitInterval { get; init; }

    /// <summary>Least squares of gain = slope × misfit over tasks; the paper expects 1 (−1 where the roles are swapped).</summary>
    public required double? SlopeThroughOrigin { get; init; }
    public required Interval? SlopeThroughOriginInterval { get; init; }

    /// <summary>Least squares of gain = slope × misfit + intercept over tasks.</summary>
    public required double? Slope { get; init; }
    public required double? Intercept { get; init; }

    /// <summary>Pearson's correlation of gain and misfit over tasks.</summary>
    public required double? Correlation { get; init; }
    public required Interval? CorrelationInterval { get; init; }

    /// <summary>Share of tasks whose gain exceeds their misfit.</summary>
    public required double? ShareAboveLine { get; init; }

    /// <summary>Performance gap recovered, over the tasks that have a gap to recover.</summary>
    public required double? MeanGapRecovered { get; init; }
    public required double? MedianGapRecovered { get; init; }

    /// <summary>Tasks left out of the gap recovered, because the strong model is not better than the weak one.</summary>
    public required int TasksWithoutGap { get; init; }

    /// <summary>
    /// The statistics of a panel's tasks. The intervals come from the stream (seed, "bootstrap") and thus from the same draws each time.
    /// </summary>
    public static PanelStatistics Of(IReadOnlyList<CellResult> tasks, long seed)
    {
        var all = new GainOnMisfit();
        foreach (var task in tasks) all.Add(OrNaN(task.Gain), OrNaN(task.Misfit));
        var (ratio, slope, correlation) = Bootstrap(tasks, seed);
        double[] recovered = [.. tasks.Select(task => task.GapRecovered).OfType<double>().Where(double.IsFinite).Order()];
        return new PanelStatistics
        {
            Tasks = tasks.Count,
            WeakError = Mean(tasks, task => task.WeakError),
            StudentError = Mean(tasks, task => task.StudentError),
            StrongError = Mean(tasks, task => task.StrongError),
            Misfit = Mean(tasks, task => task.Misfit),
            Gain = Mean(tasks, task => task.Gain),
            MeanIntervals = tasks.Count == 1 ? tasks[0].Intervals : tasks.Count < MeanIntervals.Fewest ? null : OverTasks(tasks, seed),
            GainOverMisfit = Defined(all.Ratio),
            GainOverMisfitInterval = ratio,
            SlopeThroughOrigin = Defined(all.SlopeThroughOrigin),
            SlopeThroughOriginInterval = slope,
            Slope = Defined(all.Slope),
            Intercept = Defined(all.Intercept),
            Correlation = Defined(all.Correlation),
            CorrelationInterval = correlation,
            ShareAboveLine = Mean(tasks, task => double.IsNaN(OrNaN(task.Gain - task.Misfit)) ? null : task.Gain > task.Misfit ? 1 : 0),
            MeanGapRecovered = recovered.Length == 0 ? null : recovered.Average(),
            MedianGapRecovered = recovered.Length == 0 ? null : Spread.Quantile(recovered, 0.5),
            TasksWithoutGap = tasks.Count - recovered.Length,
        };
    }

    private static (Interval? Ratio, Interval? Slope, Interval? Correlation) Bootstrap(IReadOnlyList<CellResult> tasks, long seed)
    {
        if (tasks.Count < 2) return default;
        var random = new RandomStream(seed, "bootstrap");
        double[] gains = [.. tasks.Select(task => OrNaN(task.Gain))], misfits = [.. tasks.Select(task => OrNaN(task.Misfit))];
        double[] ratios = new double[Interval.Resamples], slopes = new double[Interval.Resamples], correlations = new double[Interval.Resamples];
        for (var resample = 0; resample < Interval.Resamples; resample++)
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

    private static MeanIntervals OverTasks(IReadOnlyList<CellResult> tasks, long seed)
    {
        return MeanIntervals.Of(
            MeanIntervals.Cells,
            new(All(task => task.WeakError), All(task => task.StudentError), All(task => task.StrongError), All(task => task.Misfit)),
            seed);

        double[]? All(Func<CellResult, double?> measure) =>
            tasks.All(task => measure(task) == null) ? null : [.. tasks.Select(task => OrNaN(measure(task)))];
    }

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
