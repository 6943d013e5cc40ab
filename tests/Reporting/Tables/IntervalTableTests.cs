using W2S.Experiments;

namespace W2S.Reporting.Tables;

public class IntervalTableTests
{
    [Fact]
    public void Gain_and_misfit_of_the_console_fit_eighty_columns_and_the_report_has_the_errors_too()
    {
        var study = FakeStudies.Synthetic();
        var table = IntervalTable.Of(study, errors: false)!;
        Assert.Equal(["panel", "misfit [95 %]", "gain [95 %]", "gain / misfit [95 %]"], table.Headers);
        var widths = Enumerable.Range(0, table.Headers.Count)
            .Select(column => table.Rows.Prepend(table.Headers).Max(row => row[column].Length));
        Assert.InRange(widths.Sum() + table.Headers.Count - 1, 0, 80);
        Assert.Equal("weak error [95 %]", IntervalTable.Of(study, errors: true)!.Headers[1]);
        Assert.Contains("of the 100 tasks", IntervalTable.InWords(study));
        Assert.Contains(IntervalTable.InWords(study), FakeStudies.Page(study, new ReportContext("w2s")));
    }

    [Fact]
    public void Many_seeds_have_one_row_a_panel_and_few_a_row_for_each()
    {
        var many = FakeStudies.Synthetic(20, 0, 1, 2, 3, 4, 5);
        Assert.Equal(FakeStudies.PanelNames, IntervalTable.Of(many, errors: false)!.Rows.Select(row => row[0]));
        Assert.Contains("6 seeds, each with all its tasks", IntervalTable.InWords(many));

        var few = FakeStudies.Synthetic(20, 3, 4);
        Assert.Equal(["fig2a, seed 3", "fig2a, seed 4"], IntervalTable.Of(few, errors: false)!.Rows.Take(2).Select(row => row[0]));
        Assert.Contains("of the 20 tasks", IntervalTable.InWords(few));
    }

    /// <summary>Panels of a seed are alike in what their seed decides, so an interval over seeds is the wider one.</summary>
    [Fact]
    public void Over_seeds_the_mean_is_that_of_the_seeds_and_lies_within()
    {
        var seeds = Enumerable.Range(0, 10).Select(seed => FakeStudies.Panel(seed: seed, tasks: 10)).ToList();
        var gains = seeds.Select(panel => panel.Statistics().Gain!.Value).ToList();
        var interval = PanelFindings.OverSeeds(seeds)!.Gain!;
        Assert.InRange(gains.Average(), interval.Low, interval.High);
        Assert.StartsWith(NumberText.Measure(gains.Average()), IntervalTable.Of(seeds, errors: false)!.Rows[0][2]);
        Assert.Null(PanelFindings.OverSeeds([.. seeds.Take(4)]));
        Assert.Null(PanelFindings.OverSeeds([.. seeds, seeds[0]]));
    }

    [Fact]
    public void A_table_of_three_splits_has_no_intervals() => Assert.Null(IntervalTable.Of(FakeStudies.Table("esol", 8, 96), errors: true));
}
