namespace W2S.Experiments;

public class MoleculeTablesTests
{
    private static readonly MoleculePartErrors Errors = new(new MoleculeErrors(4, 1, 0.5), new MoleculeErrors(1, 0.5, 0.25));

    [Fact]
    public void The_papers_numbers_stand_beside_ours_for_the_same_hidden_size_and_fit_a_terminal()
    {
        var table = MoleculeTables.Choice(Set("lipop", [8, 10, 96]));
        var ours = table.Rows.Single(row => row[0] == "weak-96");
        Assert.Equal("0.8969 ± 0.0327", ours[3]);
        Assert.Equal("1.0713 ± 0.0489", ours[4]);
        Assert.Equal(NumberText.Nothing, table.Rows.Single(row => row[0] == "weak-10")[3]);
        var widths = Enumerable.Range(0, table.Headers.Count).Select(column => table.Rows.Append(table.Headers).Max(row => row[column].Length));
        Assert.InRange(widths.Sum() + 2 * (table.Headers.Count - 1), 0, 79);
        foreach (var protocol in Enum.GetValues<MoleculeProtocol>())
            foreach (var solver in Enum.GetValues<HeadSolver>())
                Assert.All(MoleculeStudyText.Lines(new MoleculeStudyOptions { W2sOn = protocol, Heads = new MoleculeHeadOptions { StockPasses = 50, Solver = solver } }), line => Assert.InRange(line.Length, 1, 79));
    }

    [Fact]
    public void Where_the_papers_numbers_are_not_known_that_is_said()
    {
        Assert.Equal(3, MoleculeTables.Choice(Set("esol", [8])).Headers.Count);
        Assert.Contains("not known", string.Join(" ", MoleculeTables.ChoiceInWords(Set("esol", [8, 96]))));
        Assert.Contains("not known", string.Join(" ", MoleculeTables.ChoiceInWords(Set("freesolv", [8, 96]))));
        Assert.DoesNotContain("not known", string.Join(" ", MoleculeTables.ChoiceInWords(Set("lipop", [8, 96]))));
    }

    [Fact]
    public void A_figure_has_a_series_for_each_weak_model_and_a_dot_for_each_split()
    {
        var figure = MoleculeFigures.Of(Set("freesolv", [8, 12, 16]), MeasuredPart.Test);
        Assert.Equal("2e · FreeSolv", figure.Title);
        Assert.Equal(["weak-8", "weak-12", "weak-16"], figure.Series.Select(series => series.Name));
        Assert.All(figure.Series, series => Assert.Equal(3, series.Dots.Count));
        Assert.Contains("y = x", ScatterPlot.Draw(figure));
    }

    [Fact]
    public void Parts_show_root_mean_squares_of_each_split_averaged_and_a_dash_where_a_model_was_fitted()
    {
        var set = Set("esol", [8]);
        set = set with { Results = [.. set.Results.Select(result => result with { StudentOn = result.StudentOn with { Valid = null } })] };
        var rows = MoleculeTables.Parts(set).Rows;
        Assert.Equal(["weak-8", "weak", "valid", "4.000", "2.000", "1.000", "0.500"], rows[0]);
        Assert.Equal(["weak-8", "student", "valid", "–", "–", "–", "–"], rows[2]);
    }

    [Fact]
    public void Every_choice_that_the_paper_leaves_open_is_said()
    {
        var said = string.Join(' ', MoleculeStudyText.Lines(new MoleculeStudyOptions { W2sOn = MoleculeProtocol.Half, Heads = new MoleculeHeadOptions { StockPasses = 50, Solver = HeadSolver.AdamW } }));
        foreach (var part in new[] { "AdamW", "50 epochs", "pooled", "50 passes, 15 % masked, dropout on", "half of train", "test part", "raw labels" }) Assert.Contains(part, said);
    }

    [Fact]
    public void A_strong_encoder_that_is_no_better_than_a_weak_one_is_told_by_name()
    {
        var study = new MoleculeStudyResult(new MoleculeStudyOptions(), [], [Set("esol", [8, 96])]);
        var note = Assert.Single(MoleculeStudyText.Notes(study));
        Assert.Contains("no better than weak-96", note);
    }

    /// <summary>The weak error falls with the width, from 1.08 to 0.2 at width 96; the ceiling is 0.3.</summary>
    private static MoleculeSetResult Set(string data, int[] widths) => new(
        data, data switch { "lipop" => "Lipop", "esol" => "ESOL", _ => "FreeSolv" }, "of a unit", [80, 10, 10],
        [.. widths.SelectMany(width => new[] { 122, 123, 124 }.Select(split => new MoleculeResult(
            split, $"weak-{width}", width, WeakError: 1.16 - width / 100.0, StudentError: 1 - width / 200.0, StrongError: 0.3, Misfit: 0.1 + split / 1000.0, Errors, Errors, Errors)))],
        Seconds: 1);
}
