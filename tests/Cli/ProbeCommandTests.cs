namespace W2S.Tests.Cli;

/// <summary>`probe` as a user types it.</summary>
public sealed class ProbeCommandTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public ProbeCommandTests()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 120).Select(_ => (X: random.NextDouble() * 2 - 1, Y: random.NextDouble() * 2 - 1)).ToArray();
        Write("weak.csv", rows.Select(row => FormattableString.Invariant($"{Math.Tanh(row.X + row.Y)}")).Prepend("z"));
        Write("other.csv", rows.Select(row => FormattableString.Invariant($"{row.X * row.Y}")).Prepend("z"));
        Write("strong.csv", rows.Select(row => FormattableString.Invariant($"{row.X},{row.Y * row.X}")).Prepend("x,xy"));
        Write("labels.csv", rows.Select(row => FormattableString.Invariant($"{3 * row.X + row.Y * row.X}")).Prepend("label"));
    }

    public void Dispose() => _program.Dispose();

    [Fact]
    public void It_prints_the_table_and_what_it_means_and_leaves_a_folder()
    {
        var (code, output, error) = _program.Run("probe --weak weak.csv --weak other.csv --strong strong.csv --labels labels.csv --out "
            + "run");
        Assert.True(code == 0, error);
        Assert.Contains("taken for numbers", error);
        Assert.Contains("teacher", output);
        Assert.Contains("The heuristic (least weak error − misfit) would take weak for a teacher", output.ReplaceLineEndings(" "));
        Assert.EndsWith("run/report.html", output.TrimEnd());
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        foreach (var file in (string[])["rows.csv", "summary.json", "predictions.csv",
            "config.yaml"]) Assert.True(File.Exists(Path.Combine(_program.Folder, "run", file)), file);
        Assert.Equal(output, _program.Run("report run").Output);
    }

    [Fact]
    public void Predictions_are_measured_without_a_study()
    {
        var (code, output, _) = _program.Run("probe --weak-predictions other.csv --strong-predictions labels.csv --labels labels.csv "
            + "--out measured");
        Assert.Equal(0, code);
        Assert.Contains("misfit", output);
        Assert.Contains("strong,mse,0", File.ReadAllText(Path.Combine(_program.Folder, "measured", "metrics.csv")));
        Assert.Contains("--folds: with predictions nothing is "
            + "divided", _program.Run("probe --weak-predictions other.csv --strong-predictions labels.csv --labels labels.csv --folds "
            + "3").Error);
    }

    [Fact]
    public void A_dry_run_says_what_would_be_read_and_fitted_and_leaves_nothing()
    {
        const string probe = "probe --weak weak.csv other.csv --strong strong.csv --labels labels.csv";
        var before = Directory.GetFileSystemEntries(_program.Folder);
        var (code, output, error) = _program.Run($"{probe} --dry-run");
        Assert.True(code == 0, error);
        Assert.Matches(@"\nother +read 120 × 1 ", output);
        Assert.Matches(@"\nstrong +read 120 × 2 ", output);
        Assert.Matches("/other +9 heads on 96 rows, ridge", output);
        Assert.Equal(before, Directory.GetFileSystemEntries(_program.Folder));
        var folder = output.TrimEnd().Split('\n')[^1];
        Assert.Equal(0, _program.Run($"{probe} --quiet").ExitCode);
        Assert.True(File.Exists(Path.Combine(_program.Folder, folder, "summary.json")), folder);
        Assert.Matches("/other +all found", _program.Run($"{probe} --dry-run").Output);
    }

    [Fact]
    public void A_dry_run_looks_at_files_as_the_run_would()
    {
        Write("short.csv", ["x,y", "1,2"]);
        Assert.Contains("short.csv has 1 row ", _program.Run("probe --weak weak.csv --strong short.csv --labels labels.csv --dry-run").Error);
        const string predictions = "probe --weak-predictions other.csv --strong-predictions labels.csv --labels labels.csv";
        Assert.Contains("measured on 120 rows", _program.Run($"{predictions} --out measured --dry-run").Output.ReplaceLineEndings(" "));
        Assert.False(Directory.Exists(Path.Combine(_program.Folder, "measured")));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var (code, _, error) = _program.Run("probe --weak weak.csv --labels labels.csv");
        Assert.Equal(2, code);
        Assert.Contains("probe needs --strong FILE", error);
        Assert.Contains("no-such.csv", _program.Run("probe --weak no-such.csv --strong strong.csv --labels labels.csv").Error);
    }

    private void Write(string name, IEnumerable<string> lines) => File.WriteAllLines(Path.Combine(_program.Folder, name), lines);
}
