using System.Globalization;
using W2S.Experiments;

namespace W2S.Reporting.Tables;

public sealed class RunTableTests
{
    private static readonly Result OneSeed = Run(FakeStudies.Synthetic(20));

    private static readonly Result Seeds = Run(
    [
        .. Enumerable.Range(0, 4).Select(seed => FakeStudies.Panel(seed: seed, tasks: 20)),
        FakeStudies.Panel(seed: 4, tasks: 20, collapsed: true),
    ]);

    [Fact]
    public void A_row_for_each_panel_has_its_statistics()
    {
        var lines = RunTable.Write(OneSeed, RunTable.Format.Markdown, isMedian: false).Split('\n');
        Assert.Equal(["panel", "weak error", "student error", "ceiling", "misfit", "gain", "slope", "correlation"], Cells(lines[0]));
        Assert.Equal(["2a", "2b", "2c", "3a", "3b", "3c"], lines[2..8].Select(line => Cells(line)[0]));
        var statistics = OneSeed.Panels[1].Statistics();
        Assert.Equal([
            "2b", NumberText.Measure(statistics.WeakError), NumberText.Measure(statistics.StudentError),
            NumberText.Measure(statistics.StrongError), NumberText.Measure(statistics.Misfit), NumberText.Measure(statistics.Gain),
            SummaryTable.Slope(statistics), NumberText.Ratio(statistics.Correlation),
        ], Cells(lines[3]));
        Assert.Contains("Mean squared errors (MSE)", lines[^2]);
    }

    [Fact]
    public void Csv_has_every_digit_and_a_column_for_each_number()
    {
        var rows = Csv(RunTable.Write(OneSeed, RunTable.Format.Csv, isMedian: false));
        var statistics = OneSeed.Panels[1].Statistics();
        Assert.Equal(statistics.Gain, Number(rows[1]["gain"]));
        Assert.Equal(statistics.SlopeThroughOriginInterval!.Low, Number(rows[1]["slope_low"]));
        Assert.Equal("2b", rows[1]["panel"]);
    }

    [Fact]
    public void Over_seeds_those_that_collapsed_are_left_out_and_counted()
    {
        var row = Assert.Single(Csv(RunTable.Write(Seeds, RunTable.Format.Csv, isMedian: false)));
        var gains = Seeds.Panels.Take(4).Select(panel => panel.Statistics().Gain!.Value).ToList();
        Assert.Equal(("4", "1"), (row["seeds"], row["collapsed"]));
        Assert.Equal(gains.Average(), Number(row["gain"]), 1e-12);
        Assert.Equal(Math.Sqrt(gains.Sum(gain => Math.Pow(gain - gains.Average(), 2)) / 3), Number(row["gain_sd"]), 1e-12);
        Assert.Contains("leave out 1 of 5 seeds, of which", RunTable.Write(Seeds, RunTable.Format.Markdown, isMedian: false));

        var median = Assert.Single(Csv(RunTable.Write(Seeds, RunTable.Format.Csv, isMedian: true)));
        Assert.Equal((gains.Order().ElementAt(1) + gains.Order().ElementAt(2)) / 2, Number(median["gain"]), 1e-12);
        Assert.True(Number(median["gain_lower_quartile"]) <= Number(median["gain"]));
    }

    [Fact]
    public void Weak_models_of_a_table_are_sorted_by_the_heuristic()
    {
        var rows = Csv(RunTable.Write(Run(FakeStudies.Table("lipop", 8, 96, 32)), RunTable.Format.Csv, isMedian: false));
        Assert.Equal(["weak-96", "weak-32", "weak-8"], rows.Select(row => row["weak_model"]));
        // 1.16 − width / 100 less the misfits 0.222, 0.223 and 0.224.
        Assert.Equal(1.16 - 0.96 - 0.223, Number(rows[0]["weak_minus_misfit"]), 1e-12);
        Assert.Equal(0.001, Number(rows[0]["weak_minus_misfit_sd"]), 1e-12);
    }

    [Fact]
    public void Latex_is_a_tabular_of_booktabs()
    {
        var lines = RunTable.Write(OneSeed, RunTable.Format.Latex, isMedian: false).TrimEnd().Split('\n')
            .SkipWhile(line => line[0] == '%').ToArray();
        Assert.Equal(@"\begin{tabular}{lrrrrrrr}", lines[0]);
        Assert.Equal((@"\toprule", @"\midrule"), (lines[1], lines[3]));
        Assert.Equal((@"\bottomrule", @"\end{tabular}"), (lines[^2], lines[^1]));
        Assert.All(lines[4..^2].Append(lines[2]), line => Assert.Equal(7, line.Count(character => character == '&')));
        Assert.All(lines[4..^2].Append(lines[2]), line => Assert.EndsWith(@" \\", line));
    }

    [Theory]
    [InlineData("a_b & 5% #1 {x} $y", @"a\_b \& 5\% \#1 \{x\} \$y")]
    [InlineData(@"c:\d~e^f", @"c:\textbackslash{}d\textasciitilde{}e\textasciicircum{}f")]
    [InlineData("-0.978 [-0.998, -0.957]", "$-$0.978 [$-$0.998, $-$0.957]")]
    [InlineData("0.3639 ± 0.1129", @"0.3639 $\pm$ 0.1129")]
    [InlineData("6.750e-6", @"$6.750\times10^{-6}$")]
    [InlineData("-6.750e-6", @"$-6.750\times10^{-6}$")]
    [InlineData("weak-8, 8-16-16", "weak-8, 8-16-16")]
    [InlineData("weak error − misfit", "weak error $-$ misfit")]
    [InlineData("–", "--")]
    public void What_means_something_to_tex_is_escaped(string text, string latex) => Assert.Equal(latex, TextTable.LatexCell(text));

    [Fact]
    public void A_stage_without_a_student_has_no_empty_columns()
    {
        var weak = FakeStudies.Panel() with { Cells = [new CellResult(0, 1, null, null, null), new CellResult(1, 2, null, null, null)] };
        Assert.Equal(["panel", "weak error"], Cells(RunTable.Write(Run([weak]), RunTable.Format.Markdown, isMedian: false).Split('\n')[0]));
    }

    private static Result Run(IReadOnlyList<PanelResult> panels) => new(Result.StudyStage, panels);

    private static string[] Cells(string line) => [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Csv(string text)
    {
        var lines = text.TrimEnd().Split('\n').Select(line => line.Split(',')).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second))];
    }
}
