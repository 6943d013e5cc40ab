using W2S.Experiments;

namespace W2S.Reporting.Tables;

public sealed class SummaryTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Compact_tables_fit_eighty_columns(int seeds)
    {
        var study = FakeStudies.Synthetic(50, [.. Enumerable.Range(0, seeds).Select(seed => (long)seed)]);
        Assert.True(Width(SummaryTable.Compact(study)) <= 80);
        Assert.True(Width(SummaryTable.Spread(study)) <= 80);
    }

    [Fact]
    public void Every_row_has_a_cell_for_each_header()
    {
        foreach (var study in new[] { FakeStudies.Synthetic(5), FakeStudies.Synthetic(5, 1, 2), [FakeStudies.Panel(tasks: 1)] })
        {
            foreach (var table in new[] { SummaryTable.Compact(study), SummaryTable.Full(study), SummaryTable.Spread(study) })
                Assert.All(table.Rows, row => Assert.Equal(table.Headers.Count, row.Count));
        }
    }

    [Fact]
    public void The_numbers_are_the_statistics()
    {
        var panel = FakeStudies.Panel();
        var row = SummaryTable.Full([panel]).Rows[0];
        var statistics = PanelStatistics.Of(panel.Cells, panel.Seed);
        Assert.Equal(NumberText.Measure(statistics.Gain), row[5]);
        Assert.StartsWith(NumberText.Ratio(statistics.SlopeThroughOrigin), row[6]);
        Assert.Equal("on y = x", row[9]);
    }

    [Fact]
    public void A_collapsed_representation_is_named_in_words()
    {
        var study = new[] { FakeStudies.Panel(), FakeStudies.Panel("fig3b", seed: 4, collapsed: true) };
        Assert.StartsWith("fig3b: medians, means and intervals leave out 1 of 1 seeds", SummaryTable.Notes(study)[0]);
        Assert.StartsWith("fig3b, seed 4: the strong representation has collapsed (1 of 16 units alive", SummaryTable.Notes(study)[1]);
    }

    [Fact]
    public void A_panel_that_loses_where_it_should_gain_is_named_with_what_its_representations_explain()
    {
        var losing = FakeStudies.Panel();
        losing = losing with { Cells = [.. losing.Cells.Select(task => task with { StudentError = task.WeakError + 0.1 })] };
        var note = Assert.Single(SummaryTable.Notes([losing, FakeStudies.Panel("fig3a")]));
        Assert.Equal(
            "fig2b, seed 0: the panel has turned round, the student loses: the weak representation explains 93% and the strong representation explains 99% of the true labels.",
            note);
    }

    [Fact]
    public void Markdown_is_a_table_whose_cells_cannot_break_it()
    {
        var lines = new TextTable(["a", "b"], [["x|y", "1"]]).ToMarkdown().Split('\n');
        Assert.Equal(["| a    | b   |", "| ---- | --- |", "| x\\|y | 1   |", ""], lines);
    }

    private static int Width(TextTable table) =>
        Enumerable.Range(0, table.Headers.Count).Sum(column => table.Rows.Prepend(table.Headers).Max(row => row[column].Length) + 1) - 1;
}
