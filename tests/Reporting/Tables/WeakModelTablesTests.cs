using W2S.Experiments;
using W2S.Reporting.Plots;

namespace W2S.Reporting.Tables;

public class WeakModelTablesTests
{
    [Fact]
    public void The_papers_numbers_stand_beside_ours_for_the_same_hidden_size_and_fit_a_terminal()
    {
        var table = WeakModelTables.Choice(FakeStudies.Table("lipop", 8, 10, 96));
        var ours = table.Rows.Single(row => row[0] == "weak-96");
        Assert.Equal("0.8969 ± 0.0327", ours[3]);
        Assert.Equal("1.0713 ± 0.0489", ours[4]);
        Assert.Equal(NumberText.Nothing, table.Rows.Single(row => row[0] == "weak-10")[3]);
        var widths = Enumerable.Range(0, table.Headers.Count).Select(column => table.Rows.Append(table.Headers).Max(row => row[column].Length));
        Assert.InRange(widths.Sum() + 2 * (table.Headers.Count - 1), 0, 79);
        foreach (var protocol in (Dataset.Protocol[])[Dataset.Protocol.Train, Dataset.Protocol.Valid, Dataset.Protocol.Half])
            foreach (var solver in Enum.GetValues<HeadSolver>())
                Assert.All(StudyText.Lines(new Study { Protocol = protocol, Features = new FeatureOptions { TrainModePasses = 50 }, Heads = new HeadOptions { Solver = solver, Standardise = true } }), line => Assert.InRange(line.Length, 1, 79));
    }

    [Fact]
    public void Where_the_papers_numbers_are_not_known_that_is_said()
    {
        Assert.Equal(3, WeakModelTables.Choice(FakeStudies.Table("esol", 8)).Headers.Count);
        Assert.Contains("not known", string.Join(" ", WeakModelTables.ChoiceInWords(FakeStudies.Table("esol", 8, 96))));
        Assert.Contains("not known", string.Join(" ", WeakModelTables.ChoiceInWords(FakeStudies.Table("freesolv", 8, 96))));
        Assert.DoesNotContain("not known", string.Join(" ", WeakModelTables.ChoiceInWords(FakeStudies.Table("lipop", 8, 96))));
    }

    [Theory]
    [InlineData("2 dots lie below y = x, by 0.3000 at most; 1 dot lies above y = x, by 0.2000 at most.", 0.1, 0.3, -0.2)]
    [InlineData("1 dot lies below y = x, by 0.1000 at most.", 0.1)]
    [InlineData("No dot lies off y = x.", 0.0)]
    public void It_is_said_how_many_dots_lie_on_either_side_of_equal_gain_and_misfit(string sentence, params double[] below)
    {
        var panel = FakeStudies.Table("esol", 8)[0];
        panel = panel with { Cells = [.. below.Select((distance, split) => new CellResult(split, 1, 0.5, 0.2, 0.5 + distance))] };
        Assert.Equal(sentence, WeakModelTables.GainInWords([panel])[1]);
    }

    [Fact]
    public void A_figure_has_a_series_for_each_weak_model_and_a_dot_for_each_split()
    {
        var figure = PanelFigures.OfTable(FakeStudies.Table("freesolv", 8, 12, 16));
        Assert.Equal("table1 · FreeSolv", figure.Title);
        Assert.Equal(["weak-8", "weak-12", "weak-16"], figure.Series.Select(series => series.Name));
        Assert.All(figure.Series, series => Assert.Equal(3, series.Dots.Count));
        Assert.Contains("y = x", ScatterPlot.Draw(figure));
    }

    [Fact]
    public void Every_choice_that_the_paper_leaves_open_is_said()
    {
        var lines = string.Join(' ', StudyText.Lines(SmallTables.Study("protocol=half", "features.train_mode_passes=50", "heads.solver=adamw")));
        foreach (var part in new[] { "AdamW", "50 epochs", "pooled", "50 passes, 15 % masked, dropout on", "half of train", "test part", "raw labels" }) Assert.Contains(part, lines);
    }

    [Fact]
    public void A_strong_representation_that_is_no_better_than_a_weak_one_is_told_by_name() =>
        Assert.Contains("no better than weak-96", Assert.Single(SummaryTable.NoCeilings(FakeStudies.Table("esol", 8, 96))));
}
