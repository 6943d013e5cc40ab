namespace W2S.Reporting.Tables;

/// <summary>How sure the means are: each with its 95 % interval, and what was resampled for it.</summary>
internal static class IntervalTable
{
    private const string Ratio = "gain / misfit";

    private static readonly
        (string Header, Func<PanelStatistics, double?> Mean, Func<MeanIntervals, Interval?> Interval, bool IsClaim)[] Columns =
    [
        ("weak error", panel => panel.WeakError, means => means.WeakError, false),
        ("student error", panel => panel.StudentError, means => means.StudentError, false),
        ("ceiling", panel => panel.StrongError, means => means.StrongError, false),
        ("misfit", panel => panel.Misfit, means => means.Misfit, true),
        ("gain", panel => panel.Gain, means => means.Gain, true),
        (Ratio, panel => panel.GainOverMisfit, means => means.GainOverMisfit, true),
    ];

    /// <summary>
    /// One row for each panel (on tables: each weak model), over its seeds where there are several; null where nothing has an
    /// interval.
    /// </summary>
    /// <param name="errors">Whether the errors are wanted too; they are shown in any case where there is no gain.</param>
    public static TextTable? Of(IReadOnlyList<PanelResult> panels, bool errors)
    {
        var rows = Rows(panels);
        var known = Columns.Where(column => rows.Any(row => column.Interval(row.Intervals) != null)).ToList();
        if (!errors && known.Any(column => column.IsClaim)) known.RemoveAll(column => !column.IsClaim);
        if (known.Count == 0) return null;
        return new TextTable(
            [panels[0].Options.IsGaussian ? "panel" : "weak model", .. known.Select(column => $"{column.Header} [95 %]")],
            [.. rows.Select(row => (string[])[row.Name, .. known.Select(column => Cell(
                // The quotient of the means, not the mean of the seeds' quotients: one misfit near 0 would rule that.
                column.Header == Ratio ? row.Mean(panel => panel.Gain) / row.Mean(panel => panel.Misfit) : row.Mean(column.Mean),
                column.Interval(row.Intervals),
                column.Header == Ratio))])]);
    }

    /// <summary>What the intervals are of.</summary>
    public static string InWords(IReadOnlyList<PanelResult> panels)
    {
        var panel = panels[0];
        var cells = panel.Options.IsGaussian ? "tasks" : panel.Options.Folds > 0 ? "folds" : "splits";
        var resampled = Rows(panels).FirstOrDefault()?.Intervals.Resampled switch
        {
            MeanIntervals.Rows => $"evaluation rows of the one {cells[..^1]}: other rows, the same models",
            MeanIntervals.Cells => $"{Count(panel.Cells.Count)} {cells}: other {cells}, the same seed",
            _ => $"{Count(panels.DistinctBy(one => one.Seed).Count())} seeds, each with all its {cells}"
                + (panels.Any(one => one.HasCollapsed()) ? ", without those that collapsed" : ""),
        };
        return $"Intervals: the middle 95 % of {Count(Interval.Resamples)} bootstrap resamples of the {resampled}.";
    }

    /// <summary>A panel over all its seeds, or seed by seed where they are few.</summary>
    private static List<Row> Rows(IReadOnlyList<PanelResult> panels)
    {
        var rows = new List<Row>();
        foreach (var group in panels.GroupBy(panel => (panel.Name, panel.Data, panel.Weak)))
        {
            var (seeds, name) = (group.ToList(), panels[0].Options.IsGaussian ? group.Key.Name : group.Key.Weak);
            if (PanelFindings.OverSeeds(seeds) is { } together)
                rows.Add(new Row(name, [.. PanelFindings.Healthy(seeds).Select(panel => panel.Statistics())], together));
            else
                foreach (var panel in seeds)
                    if (panel.Statistics() is { MeanIntervals: { } own } statistics)
                        rows.Add(new Row(seeds.Count == 1 ? name : $"{name}, seed {panel.Seed}", [statistics], own));
        }
        return rows;
    }

    private static string Cell(double? mean, Interval? interval, bool isRatio)
    {
        Func<double?, string> end = isRatio ? NumberText.Ratio : NumberText.Bound;
        var middle = isRatio ? NumberText.Ratio(mean) : NumberText.Measure(mean);
        return interval == null ? middle : $"{middle} [{end(interval.Low)}, {end(interval.High)}]";
    }

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Row(string Name, IReadOnlyList<PanelStatistics> Seeds, MeanIntervals Intervals)
    {
        /// <summary>Over the seeds.</summary>
        public double? Mean(Func<PanelStatistics, double?> mean) => Seeds.Average(mean);
    }
}
