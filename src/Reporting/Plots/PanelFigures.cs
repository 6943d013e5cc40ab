namespace W2S.Reporting.Plots;

/// <summary>Turns results into figures.</summary>
internal static class PanelFigures
{
    /// <summary>A panel's plot: its tasks, the slope through the origin with its interval, and y = −x where gains are losses.</summary>
    public static ScatterFigure Of(PanelResult panel)
    {
        var statistics = panel.Statistics();
        var interval = statistics.SlopeThroughOriginInterval;
        var collapse = panel.CollapseNote();
        return new ScatterFigure
        {
            Title = Named(panel.Name, StudyText.Title(panel.Options)),
            Measure = StudyText.Measure(panel),
            Caption = Caption(panel, interval != null),
            Subtitle = collapse != "" ? collapse
                : $"slope {SummaryTable.Bracketed(Rounded(statistics.SlopeThroughOrigin), interval, Rounded)}, "
                    + $"r = {Rounded(statistics.Correlation)}",
            Series = [Dots("tasks", panel, "task")],
            Slope = statistics.SlopeThroughOrigin,
            SlopeInterval = interval == null ? null : (interval.Low, interval.High),
            Mirror = statistics.Gain < 0,
        };
    }

    /// <summary>
    /// A table's plot: a colour and a marker for each weak representation, a dot for each split (Figures 2d to 2f of 2405.15116).
    /// </summary>
    /// <param name="panels">Of one data set and seed.</param>
    public static ScatterFigure OfTable(IReadOnlyList<PanelResult> panels)
    {
        var dots = new GainOnMisfit();
        foreach (var cell in panels.SelectMany(panel => panel.Cells)) dots.Add(cell.Gain ?? double.NaN, cell.Misfit ?? double.NaN);
        var options = panels[0].Options;
        return new ScatterFigure
        {
            Title = Named(options.Name, panels[0].DataTitle),
            Measure = StudyText.Measure(panels[0]),
            Caption = "A dot for each split, a colour for each weak model. Gain / misfit is that of the means over all dots; r is "
                + "Pearson's correlation.",
            Subtitle = $"{options.Evaluation.Part.ToString().ToLowerInvariant()} part, gain / misfit {Rounded(dots.Ratio)}, r = "
                + $"{Rounded(dots.Correlation)}",
            Series = [.. panels.Select(panel => Dots(panel.Weak, panel, $"{panel.Weak}, split"))],
        };
    }

    /// <summary>One figure for each panel, of its first seed, with the name of its file.</summary>
    public static IReadOnlyList<(string Name, ScatterFigure Figure)> All(IReadOnlyList<PanelResult> panels) =>
    [
        .. panels.GroupBy(panel => panel.Name).SelectMany(panel =>
        {
            var first = panel.Where(one => one.Seed == panel.First().Seed).ToList();
            if (first[0].Options.IsGaussian) return [(panel.Key, Of(first[0]))];
            var sets = first.GroupBy(one => one.Data).ToList();
            return sets.Select(
                set => (sets.Count == 1 ? panel.Key : $"{panel.Key}-{Path.GetFileNameWithoutExtension(set.Key)}", OfTable([.. set])));
        }),
    ];

    /// <summary>A row for each panel of a study of several seeds, in the order in which they ran.</summary>
    public static IReadOnlyList<SeedSpreadPlot.Row> SpreadRows(IReadOnlyList<PanelResult> panels) =>
        [.. panels.GroupBy(panel => panel.Name).Select(seeds => new SeedSpreadPlot.Row(seeds.Key, [.. seeds.Select(panel =>
            new SeedSpreadPlot.Dot(panel.Seed, panel.Statistics().GainOverMisfit ?? double.NaN, panel.HasCollapsed()))]))];

    /// <param name="cell">What a cell is called, before its number.</param>
    private static ScatterFigure.DotSeries Dots(string name, PanelResult panel, string cell) => new(name,
    [
        .. panel.Cells.Select(one =>
            new ScatterFigure.Dot(one.Misfit ?? double.NaN, one.Gain ?? double.NaN, $"{cell} {one.Cell}")),
    ]);

    private static string Named(string panel, string title) =>
        title == "" ? PanelFindings.ShortName(panel) : $"{PanelFindings.ShortName(panel)} · {title}";

    /// <summary>Two decimals, which is all that intervals of such data deserve.</summary>
    private static string Rounded(double? ratio) =>
        ratio is { } value && Math.Abs(value) < 100
            ? (Math.Round(value, 2) + 0.0).ToString("F2", CultureInfo.InvariantCulture)
            : NumberText.Ratio(ratio);

    private static string Caption(PanelResult panel, bool hasInterval) =>
        "A dot for each task. Slope: least squares of gain = slope × misfit over the tasks, through the origin"
        + (hasInterval
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; in brackets and shaded the middle 95 % of {Interval.Resamples:N0} bootstrap resamples of the "
                    + $"{Counted.Of(panel.Cells.Count, "task")}")
            : $"; {Counted.Of(panel.Cells.Count, "task")}") + ". r: Pearson's correlation.";
}
