namespace W2S.Reporting.Tables;

/// <summary>The tables that sum a study up, with every number formatted; console, Markdown and report show these same cells.</summary>
internal static class SummaryTable
{
    private const int SeedsNamed = 20;

    /// <summary>What every table counts, in this order.</summary>
    internal static readonly IReadOnlyList<(string Name, Func<CellResult, double?> OfCell, Func<PanelStatistics, double?> OfPanel)> Means =
    [
        ("weak error", cell => cell.WeakError, panel => panel.WeakError),
        ("student error", cell => cell.StudentError, panel => panel.StudentError),
        ("ceiling", cell => cell.StrongError, panel => panel.StrongError),
        ("misfit", cell => cell.Misfit, panel => panel.Misfit),
        ("gain", cell => cell.Gain, panel => panel.Gain),
    ];

    private static readonly IEnumerable<string> Names = Means.Select(mean => mean.Name);

    /// <summary>
    /// One row for each panel (and seed), fit for 80 columns with one space between; with several seeds the expectation gives way to the
    /// seed.
    /// </summary>
    public static TextTable Compact(IReadOnlyList<PanelResult> panels)
    {
        var seeds = HasSeveralSeeds(panels);
        return Of(
            panels, ["weak", "student", "ceiling", "misfit", "gain", "slope", "corr", .. Only(!seeds, "expected")],
            (panel, statistics) =>
            [
                NumberText.Ratio(statistics.SlopeThroughOrigin), NumberText.Ratio(statistics.Correlation),
                .. Only(!seeds, panel.Options.Expectation),
            ]);
    }

    /// <summary>One row for each panel (and seed), with the slope's interval and the performance gap recovered.</summary>
    public static TextTable Full(IReadOnlyList<PanelResult> panels) => Of(
        panels, [.. Names, "slope [95 %]", "correlation", "PGR (undefined)", "expected", "time"],
        (panel, statistics) =>
        [
            Slope(statistics), NumberText.Ratio(statistics.Correlation),
            $"{NumberText.Percent(statistics.MedianGapRecovered)} ({statistics.TasksWithoutGap})", panel.Options.Expectation,
            NumberText.Duration(panel.Seconds),
        ]);

    private static TextTable Of(
        IReadOnlyList<PanelResult> panels, IEnumerable<string> headers, Func<PanelResult, PanelStatistics, IEnumerable<string>> further)
    {
        var seeds = HasSeveralSeeds(panels);
        return new TextTable(["panel", .. Only(seeds, "seed"), .. headers], [.. panels.Select(IReadOnlyList<string> (panel) =>
        [
            panel.Name, .. Only(seeds, $"{panel.Seed}"), .. Means.Select(mean => NumberText.Measure(mean.OfPanel(panel.Statistics()))),
            .. further(panel, panel.Statistics()),
        ])]);
    }

    /// <summary>
    /// One row for each panel over its seeds, those left out whose representations collapsed: how gain / misfit spreads. Fits 80
    /// columns too.
    /// </summary>
    public static TextTable Spread(IReadOnlyList<PanelResult> panels)
    {
        return new TextTable(
            ["panel", "seeds", "collapsed", "gain/misfit", "middle half", "mean ± sd", "slope", "corr"],
            [.. panels.GroupBy(panel => panel.Name).Select(Row)]);

        static IReadOnlyList<string> Row(IGrouping<string, PanelResult> seeds)
        {
            var healthy = PanelFindings.Healthy(seeds);
            var statistics = PanelStatistics.OverSeeds.Of([.. healthy.Select(panel => panel.Statistics())]);
            var ratio = statistics.GainOverMisfit;
            return
            [
                seeds.Key, $"{healthy.Count}", $"{seeds.Count() - healthy.Count}", NumberText.Ratio(ratio?.Median),
                ratio == null ? NumberText.Nothing : $"{ratio.LowerQuartile:F2} .. {ratio.UpperQuartile:F2}",
                Deviating(ratio, value => $"{value:F2}"),
                NumberText.Ratio(statistics.SlopeThroughOrigin?.Median), NumberText.Ratio(statistics.Correlation?.Median),
            ];
        }
    }

    /// <summary>
    /// Two rows for each panel over the same seeds: of each measure the median with quartiles, and the mean with deviation.
    /// </summary>
    public static TextTable SpreadOfMeasures(IReadOnlyList<PanelResult> panels)
    {
        return new TextTable(["panel", "over seeds", .. Names], [.. panels.GroupBy(panel => panel.Name).SelectMany(Rows)]);

        static IEnumerable<IReadOnlyList<string>> Rows(IGrouping<string, PanelResult> seeds)
        {
            var healthy = PanelFindings.Healthy(seeds).Select(panel => panel.Statistics()).ToList();
            var spreads = Means.Select(mean => Experiments.Spread.Of(healthy.Select(mean.OfPanel))).ToList();
            yield return [seeds.Key, "median [quartiles]", .. spreads.Select(spread =>
                spread == null ? NumberText.Nothing : Quartiles(spread, NumberText.Measure))];
            yield return [seeds.Key, "mean ± sd", .. spreads.Select(spread => Deviating(spread, value => NumberText.Measure(value)))];
        }
    }

    /// <summary>What medians, means and intervals over seeds leave out, a sentence for each panel; none where there is one seed.</summary>
    public static IReadOnlyList<string> LeftOut(IReadOnlyList<PanelResult> panels) => !HasSeveralSeeds(panels) ? [] :
    [
        .. from seeds in panels.GroupBy(panel => panel.Name)
           let collapsed = seeds.Where(panel => panel.HasCollapsed()).Select(panel => panel.Seed).Distinct().ToList()
           where collapsed.Count > 0
           let all = seeds.DistinctBy(panel => panel.Seed).Count()
           let named = string.Join(", ", collapsed.Take(SeedsNamed)) + (collapsed.Count > SeedsNamed ? ", …" : "")
           select $"{seeds.Key}: medians, means and intervals leave out {collapsed.Count} of {all} seeds, "
               + $"of which a representation collapsed ({named}).",
    ];

    /// <summary>
    /// What a reader of the tables must know, one sentence each: every collapsed representation and every panel turned round, by name.
    /// </summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<PanelResult> panels) =>
    [
        .. LeftOut(panels), .. panels.SelectMany(panel => Notes(panel).Select(note => $"{Named(panel)}, seed {panel.Seed}: {note}")),
        .. NoCeilings(panels.Where(panel => !panel.Options.IsGaussian)),
    ];

    /// <summary>"fig2b"; on a table "fig2d, weak-8 on ESOL".</summary>
    private static string Named(PanelResult panel) =>
        panel.Options.IsGaussian ? panel.Name : $"{panel.Name}, {panel.Weak} on {panel.DataTitle}";

    private static IEnumerable<string> Notes(PanelResult panel)
    {
        // Why a panel turned round that has a collapsed representation need not be asked.
        if (panel.HasCollapsed()) return panel.Alarms();
        return panel.TurnedRoundNote() is { } turned ? [turned] : [];
    }

    /// <summary>
    /// Where the ceiling is no ceiling: a strong model that is not better than the weak one on true labels tells nothing.
    /// </summary>
    internal static IEnumerable<string> NoCeilings(IEnumerable<PanelResult> panels) =>
        from panel in panels
        let strong = panel.Cells.Average(cell => cell.StrongError)
        let weak = panel.Cells.Average(cell => cell.WeakError)
        where strong >= weak
        select $"{panel.DataTitle}: on true labels the strong representation (error {NumberText.Measure(strong)}) "
            + $"is no better than {panel.Weak} ({NumberText.Measure(weak)}).";

    internal static bool HasSeveralSeeds(IReadOnlyList<PanelResult> panels) => panels.Select(panel => panel.Seed).Distinct().Count() > 1;

    /// <summary>The slope with its interval.</summary>
    internal static string Slope(PanelStatistics statistics) => Bracketed(
        NumberText.Ratio(statistics.SlopeThroughOrigin), statistics.SlopeThroughOriginInterval, NumberText.Ratio);

    /// <summary>"0.988 [0.958, 1.018]"; without brackets where there is no interval.</summary>
    internal static string Bracketed(string middle, Interval? interval, Func<double?, string> end) =>
        interval == null ? middle : $"{middle} [{end(interval.Low)}, {end(interval.High)}]";

    /// <summary>The median with quartiles.</summary>
    internal static string Quartiles(Spread spread, Func<double?, string> text) =>
        Bracketed(text(spread.Median), new Interval(spread.LowerQuartile, spread.UpperQuartile), text);

    /// <summary>"0.58 ± 0.17"; a mean alone for one seed.</summary>
    internal static string Deviating(Spread? spread, Func<double, string> text) =>
        spread == null ? NumberText.Nothing : Deviating(spread.Mean, spread.StandardDeviation, text);

    /// <inheritdoc cref="Deviating(Spread?, Func{double, string})"/>
    internal static string Deviating(double mean, double? deviation, Func<double, string> text) =>
        deviation is { } some ? $"{text(mean)} ± {text(some)}" : text(mean);

    private static string[] Only(bool condition, string cell) => condition ? [cell] : [];
}
