using W2S.Experiments;

namespace W2S.Reporting.Tables;

/// <summary>The tables that sum a study up, with every number formatted; console, Markdown and report show these same cells.</summary>
internal static class SummaryTable
{
    /// <summary>One row for each panel (and seed), fit for 80 columns with one space between; with several seeds the expectation gives way to the seed.</summary>
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

    /// <summary>One row for each panel over all its seeds: how gain / misfit spreads. Fits 80 columns too.</summary>
    public static TextTable Spread(IReadOnlyList<PanelResult> panels)
    {
        return new TextTable(
            ["panel", "seeds", "collapsed", "gain/misfit", "middle half", "range", "slope", "corr"],
            [.. panels.GroupBy(panel => panel.Name).Select(Row)]);

        static IReadOnlyList<string> Row(IGrouping<string, PanelResult> seeds)
        {
            var statistics = SeedStatistics.Of([.. seeds.Select(panel => panel.Statistics())]);
            var ratio = statistics.GainOverMisfit;
            return
            [
                seeds.Key, $"{seeds.Count()}", $"{seeds.Count(panel => panel.HasCollapsed())}", NumberText.Ratio(ratio?.Median),
                Range(ratio?.LowerQuartile, ratio?.UpperQuartile), Range(ratio?.Minimum, ratio?.Maximum),
                NumberText.Ratio(statistics.SlopeThroughOrigin?.Median), NumberText.Ratio(statistics.Correlation?.Median),
            ];
        }
    }

    /// <summary>What a reader of the tables must know, one sentence each: every collapsed representation and every panel turned round, by name.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<PanelResult> panels) =>
        [.. panels.SelectMany(panel => Notes(panel).Select(note => $"{panel.Name}, seed {panel.Seed}: {note}")), .. WeakModelTables.Notes(panels.Where(panel => !panel.Options.IsGaussian))];

    private static IEnumerable<string> Notes(PanelResult panel)
    {
        var collapsed = RepresentationHealth.Alarms(panel.Representations);
        return panel.TurnedRoundNote() is { } turned ? collapsed.Append(turned) : collapsed;
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

    private static string Range(double? low, double? high) => low == null ? NumberText.Nothing : $"{low:F2} .. {high:F2}";

    private static string[] Only(bool condition, string cell) => condition ? [cell] : [];
}
