namespace W2S.Reporting.Tables;

/// <summary>The tables that sum a study up, with every number formatted; console, Markdown and report show these same cells.</summary>
internal static class SummaryTable
{
    private const int SeedsNamed = 20;

    /// <summary>
    /// One row for each panel (and seed), fit for 80 columns with one space between; with several seeds the expectation gives way to the
    /// seed.
    /// </summary>
    public static TextTable Compact(IReadOnlyList<PanelResult> panels)
    {
        var seeds = HasSeveralSeeds(panels);
        string[] headers = ["panel", .. Only(seeds, "seed"), "weak", "student", "ceiling", "misfit", "gain", "slope", "corr", .. Only(!seeds, "expected")];
        return new TextTable(headers, [.. panels.Select(Row)]);

        IReadOnlyList<string> Row(PanelResult panel)
        {
            var statistics = panel.Statistics();
            return
            [
                panel.Name, .. Only(seeds, $"{panel.Seed}"), .. Measures(statistics), NumberText.Ratio(statistics.SlopeThroughOrigin),
                NumberText.Ratio(statistics.Correlation), .. Only(!seeds, panel.Options.Expectation),
            ];
        }
    }

    /// <summary>One row for each panel (and seed), with the slope's interval and the performance gap recovered.</summary>
    public static TextTable Full(IReadOnlyList<PanelResult> panels)
    {
        var seeds = HasSeveralSeeds(panels);
        string[] headers =
        [
            "panel", .. Only(seeds, "seed"), "weak error", "student error", "ceiling", "misfit", "gain", "slope [95 %]", "correlation", "PGR (undefined)", "expected", "time",
        ];
        return new TextTable(headers, [.. panels.Select(Row)]);

        IReadOnlyList<string> Row(PanelResult panel)
        {
            var statistics = panel.Statistics();
            return
            [
                panel.Name, .. Only(seeds, $"{panel.Seed}"), .. Measures(statistics), Slope(statistics), NumberText.Ratio(statistics.Correlation),
                $"{NumberText.Percent(statistics.MedianGapRecovered)} ({statistics.TasksWithoutGap})", panel.Options.Expectation, NumberText.Duration(panel.Seconds),
            ];
        }
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
                Range(ratio?.LowerQuartile, ratio?.UpperQuartile), Deviating(ratio, value => $"{value:F2}"),
                NumberText.Ratio(statistics.SlopeThroughOrigin?.Median), NumberText.Ratio(statistics.Correlation?.Median),
            ];
        }
    }

    /// <summary>
    /// Two rows for each panel over the same seeds: of each measure the median with quartiles, and the mean with deviation.
    /// </summary>
    public static TextTable SpreadOfMeasures(IReadOnlyList<PanelResult> panels)
    {
        return new TextTable(
            ["panel", "over seeds", "weak error", "student error", "ceiling", "misfit", "gain"],
            [.. panels.GroupBy(panel => panel.Name).SelectMany(Rows)]);

        static IEnumerable<IReadOnlyList<string>> Rows(IGrouping<string, PanelResult> seeds)
        {
            var over = PanelStatistics.OverSeeds.Of([.. PanelFindings.Healthy(seeds).Select(panel => panel.Statistics())]);
            Spread?[] measures = [over.WeakError, over.StudentError, over.StrongError, over.Misfit, over.Gain];
            yield return [seeds.Key, "median [quartiles]", .. measures.Select(spread =>
                spread == null ? NumberText.Nothing : Quartiles(spread, NumberText.Measure))];
            yield return [seeds.Key, "mean ± sd", .. measures.Select(spread => Deviating(spread, value => NumberText.Measure(value)))];
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
        [.. LeftOut(panels), .. panels.SelectMany(panel => Notes(panel).Select(note => $"{Named(panel)}, seed {panel.Seed}: {note}")), .. WeakModelTables.Notes(panels.Where(panel => !panel.Options.IsGaussian))];

    /// <summary>"fig2b"; on a table "fig2d, weak-8 on ESOL".</summary>
    private static string Named(PanelResult panel) =>
        panel.Options.IsGaussian ? panel.Name : $"{panel.Name}, {panel.Weak} on {panel.DataTitle}";

    private static IEnumerable<string> Notes(PanelResult panel)
    {
        // Why a panel turned round that has a collapsed representation need not be asked.
        if (panel.HasCollapsed()) return panel.Alarms();
        return panel.TurnedRoundNote() is { } turned ? [turned] : [];
    }

    internal static bool HasSeveralSeeds(IReadOnlyList<PanelResult> panels) => panels.Select(panel => panel.Seed).Distinct().Count() > 1;

    /// <summary>"0.988 [0.958, 1.018]".</summary>
    internal static string Slope(PanelStatistics statistics) =>
        NumberText.Ratio(statistics.SlopeThroughOrigin)
        + (statistics.SlopeThroughOriginInterval is { } interval ? $" [{NumberText.Ratio(interval.Low)}, {NumberText.Ratio(interval.High)}]" : "");

    private static string[] Measures(PanelStatistics statistics) =>
    [
        NumberText.Measure(statistics.WeakError), NumberText.Measure(statistics.StudentError), NumberText.Measure(statistics.StrongError),
        NumberText.Measure(statistics.Misfit), NumberText.Measure(statistics.Gain),
    ];

    /// <summary>"0.988 [0.958, 1.018]": the median with quartiles.</summary>
    internal static string Quartiles(Spread spread, Func<double?, string> text) =>
        $"{text(spread.Median)} [{text(spread.LowerQuartile)}, {text(spread.UpperQuartile)}]";

    /// <summary>"0.58 ± 0.17"; a mean alone for one seed.</summary>
    private static string Deviating(Spread? spread, Func<double, string> text) => spread == null ? NumberText.Nothing
        : spread.StandardDeviation is { } deviation ? $"{text(spread.Mean)} ± {text(deviation)}" : text(spread.Mean);

    private static string Range(double? low, double? high) => low == null ? NumberText.Nothing : $"{low:F2} .. {high:F2}";

    private static string[] Only(bool condition, string cell) => condition ? [cell] : [];
}
