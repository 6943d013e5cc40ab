using System.Text.Json;
using W2S.Runs.Plans;

namespace W2S.Runs.Results;

/// <summary>What a sweep's runs are summed up to, point by point of its grid.</summary>
public class SweepSummaryTests
{
    [Fact]
    public void Points_are_ordered_by_their_numbers_and_texts_come_last()
    {
        var runs = new[] { "10", "2", "exact", "1e-3" }.Select(depth => Run(new() { ["weak.depth"] = depth }, gain: 1)).ToList();
        Assert.Equal(["1e-3", "2", "10", "exact"], Points(runs).Select(point => point.Labels[0]));
    }

    [Fact]
    public void A_collapsed_run_is_counted_and_moves_no_median_and_no_mean()
    {
        List<SweepSummary.Run> runs =
            [.. new[] { 0.1, 0.2, 0.3 }.Select((gain, seed) => Run(new() { ["weak.depth"] = "2", ["seed"] = $"{seed}" }, gain)), Run(new() { ["weak.depth"] = "2", ["seed"] = "3" }, -865, collapsed: true)];
        var point = Assert.Single(Points(runs));
        Assert.Equal((4, 3), (point.Runs.Count, point.Sound.Count));
        Assert.Equal(0.2, point.Over("gain")!.Median, 12);
        Assert.Equal(0.2, point.Over("gain")!.Mean, 12);
        var table = new SweepSummary(runs).Short();
        Assert.Equal(["weak.depth", "runs", "collapsed", "gain"], table.Table.Headers);
        Assert.Equal(["2", "4", "1", "0.2000 [0.1500, 0.2500]"], table.Table.Rows[0]);
    }

    [Fact]
    public void Splits_are_averaged_within_each_seed()
    {
        List<SweepSummary.Run> runs = [.. from seed in new[] { 0, 1 } from split in new[] { 122, 123 } select Run(new() { ["weak.depth"] = "2", ["splits"] = $"{split}", ["seed"] = $"{seed}" }, seed + (split == 122 ? 0 : 10))];
        var point = Assert.Single(Points(runs));
        var spread = point.Over("gain")!;
        Assert.Equal((2, 5.0, 6.0), (spread.Seeds, spread.Minimum, spread.Maximum));
        Assert.Equal("seeds, splits averaged", Labels(runs).Chance);
    }

    [Fact]
    public void With_one_seed_the_splits_are_what_medians_are_taken_over()
    {
        List<SweepSummary.Run> runs = [.. new[] { 122, 123, 124 }.Select(split => Run(new() { ["weak.depth"] = "2", ["splits"] = $"{split}" }, split))];
        Assert.Equal((3, 123.0), (Points(runs)[0].Over("gain")!.Seeds, Points(runs)[0].Over("gain")!.Median));
        Assert.Equal("splits", Labels(runs).Chance);
    }

    [Fact]
    public void What_is_the_same_in_all_runs_has_no_spread()
    {
        List<SweepSummary.Run> runs = [.. Enumerable.Range(0, 3).Select(seed => Run(new() { ["weak.depth"] = "2", ["seed"] = $"{seed}" }, gain: 630_000))];
        Assert.Equal(["2", "3", "630000"], new SweepSummary(runs).Short().Table.Rows[0]);
        Assert.Equal(["2", "3", "630000", "630000"], new SweepSummary(runs).Full().Table.Rows[0]);
    }

    [Fact]
    public void Figures_have_a_curve_for_each_axis_a_cross_for_what_collapsed_and_a_scatter()
    {
        List<SweepSummary.Run> runs =
        [
            .. from depth in new[] { "1", "2", "16" } from solver in new[] { "adamw", "exact" } from seed in new[] { "0", "1" }
               select Run(new() { ["weak.depth"] = depth, ["heads.solver"] = solver, ["seed"] = seed }, gain: int.Parse(depth) + int.Parse(seed), misfit: 1),
            Run(new() { ["weak.depth"] = "2", ["heads.solver"] = "exact", ["seed"] = "2" }, gain: -1e6, misfit: 1, collapsed: true),
        ];
        var html = SweepReport.Figures(new SweepSummary(runs));
        foreach (var text in new[] { "Gain and misfit by weak.depth", "weak.depth (log scale)", "Gain and misfit by heads.solver", "Median gain: 1.500 at 1, 2.500 at 2, 16.50 at 16.", "1.000e6, collapsed", "1 collapsed not shown" })
            Assert.Contains(text, html);
        Assert.Equal("", SweepReport.Figures(new SweepSummary([runs[0] with { Measures = new Dictionary<string, double?>() }])));
    }

    [Fact]
    public void A_table_of_runs_has_rows_of_one_kind()
    {
        var csv = SweepCollection.Csv([Run(new() { ["weak.depth"] = "2", ["seed"] = "1" }, gain: 0.25, misfit: 0.5)]);
        Assert.Equal("line,id,kind,name,weak.depth,seed,gain,misfit,collapsed,seconds\n1,0,study,fig2b-seed1,2,1,0.25,0.5,0,1.000\n", csv);
    }

    private static SweepLabels Labels(IReadOnlyList<SweepSummary.Run> runs) => SweepLabels.For([.. runs.Select(run => run.Planned)]);

    private static IReadOnlyList<SweepSummary.Point> Points(IReadOnlyList<SweepSummary.Run> runs) => new SweepSummary(runs).Points;

    /// <param name="misfit">Null: the run has no such measure.</param>
    private static SweepSummary.Run Run(Dictionary<string, string> varies, double gain, double? misfit = null, bool collapsed = false) => new(
        new PlannedRun
        {
            Line = 1, Identity = "0", Kind = "study", Name = $"fig2b-seed{varies.GetValueOrDefault("seed")}", Level = 0, After = [],
            Settings = JsonDocument.Parse("{}").RootElement, Varies = varies,
        },
        new[] { ("gain", gain), ("misfit", misfit), ("collapsed", collapsed ? 1 : (double?)0) }.Where(measure => measure.Item2 != null).ToDictionary(measure => measure.Item1, measure => measure.Item2),
        1);
}
