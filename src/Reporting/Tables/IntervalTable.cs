namespace W2S.Reporting.Tables;

/// <summary>How sure the means are: each with its 95 % interval, and what was resampled for it.</summary>
internal static class IntervalTable
{
    private const string Ratio = "gain / misfit";

    // In the order in which intervals are named; the last three are what the paper claims something of.
    private static readonly IReadOnlyList<(string Header, Func<PanelStatistics, double?> Mean)> Columns =
        [.. SummaryTable.Means.Select(mean => (mean.Name, mean.OfPanel)), (Ratio, panel => panel.GainOverMisfit)];

    private static readonly int FirstClaim = Columns.Count - 3;

    /// <summary>
    /// One row for each panel (on tables: each weak model), over its seeds where there are several; null where nothing has an
    /// interval.
    /// </summary>
    /// <param name="errors">Whether the errors are wanted too; they are shown in any case where there is no gain.</param>
    public static TextTable? Of(IReadOnlyList<PanelResult> panels, bool errors)
    {
        var rows = Rows(panels);
        var known = Enumerable.Range(0, Columns.Count).Where(column => rows.Any(row => IntervalOf(row, column) != null)).ToList();
        if (!errors && known.Any(column => column >= FirstClaim)) known.RemoveAll(column => column < FirstClaim);
        return known.Count == 0 ? null : new TextTable(
            [panels[0].Options.IsGaussian ? "panel" : "weak model", .. known.Select(column => $"{Columns[column].Header} [95 %]")],
            [.. rows.Select(row => (string[])[row.Name, .. known.Select(column => Cell(row, column))])]);
    }

    private static Interval? IntervalOf(Row row, int column) => row.Intervals.Named()[column].Interval;

    private static string Cell(Row row, int column)
    {
        var (header, mean) = Columns[column];
        // The quotient of the means, not the mean of the seeds' quotients: one misfit near 0 would rule that.
        return header == Ratio
            ? SummaryTable.Bracketed(
                NumberText.Ratio(row.Mean(panel => panel.Gain) / row.Mean(panel => panel.Misfit)), IntervalOf(row, column),
                NumberText.Ratio)
            : SummaryTable.Bracketed(NumberText.Measure(row.Mean(mean)), IntervalOf(row, column), NumberText.Bound);
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

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Row(string Name, IReadOnlyList<PanelStatistics> Seeds, MeanIntervals Intervals)
    {
        /// <summary>Over the seeds.</summary>
        public double? Mean(Func<PanelStatistics, double?> mean) => Seeds.Average(mean);
    }
}
