namespace W2S.Tests.Cli;

/// <summary>`plot` and `table`, as a user types them, on a study that was just run.</summary>
public sealed class PaperCommandTests : IClassFixture<PaperCommandTests.Study>
{
    private readonly BuiltProgram _program;

    public PaperCommandTests(Study study) => _program = study.Program;

    [Fact]
    public void A_figure_lies_beside_the_runs_plots_and_its_path_comes_last()
    {
        var (code, output, error) = _program.Run("plot run");
        Assert.True(code == 0, error);
        Assert.Contains("bootstrap resamples of the 6 tasks", output.ReplaceLineEndings(" "));
        Assert.Equal("run/plots/panels.pdf", output.TrimEnd().Split('\n')[^1]);
        Assert.StartsWith("%PDF", File.ReadAllText(Path.Combine(_program.Folder, "run/plots/panels.pdf")));
    }

    [Theory]
    [InlineData("--out figures/a.svg", "<svg")]
    [InlineData("--out figures/a.png --panels 2c --no-title --no-frame --width 3.3in", "PNG")]
    [InlineData("--out figures/a --format pdf --width 174mm", "%PDF")]
    public void The_format_is_what_was_said_or_what_the_name_ends_in(string options, string start)
    {
        var (code, output, error) = _program.Run($"plot run {options}");
        Assert.True(code == 0, error);
        Assert.Contains(start, File.ReadAllText(Path.Combine(_program.Folder, output.TrimEnd().Split('\n')[^1]))[..8]);
    }

    [Theory]
    [InlineData("table run", "| panel | weak error")]
    [InlineData("table run --format latex", "\\begin{tabular}{lrrrrrrr}")]
    [InlineData("table run --format csv", "panel,weak_error,student_error,ceiling,misfit,gain,slope,slope_low,slope_high,correlation\n2b,")]
    public void A_table_goes_to_stdout(string arguments, string part)
    {
        var (code, output, error) = _program.Run(arguments);
        Assert.True(code == 0, error);
        Assert.Contains(part, output);
    }

    [Fact]
    public void A_table_that_goes_to_a_file_is_named()
    {
        Assert.Equal("tables/a.tex", _program.Run("table run --format latex --out tables/a.tex").Output.Trim());
        Assert.Contains("\\bottomrule", File.ReadAllText(Path.Combine(_program.Folder, "tables/a.tex")));
    }

    [Theory]
    [InlineData("table nowhere", "holds no finished run")]
    [InlineData("plot nowhere", "holds no finished run")]
    [InlineData("plot run --panels 2d", "They have 2b, 2c")]
    [InlineData("plot run --width 84", "write a number and mm, cm, in or pt")]
    [InlineData("plot run --width 3km", "--width 3km")]
    [InlineData("plot run --out figure.jpg", "let it end in .pdf, .svg or .png")]
    [InlineData("plot run --seed 7", "has no seed 7")]
    public void What_cannot_be_is_said_with_a_remedy(string arguments, string message)
    {
        var (code, _, error) = _program.Run(arguments);
        Assert.True(code == 2, error);
        Assert.Contains(message, error.ReplaceLineEndings(" "));
    }

    public sealed class Study : IDisposable
    {
        public Study()
        {
            var (code, _, error) = Program.Run(
                "reproduce 2b 2c --tasks 6 --solver exact --set pretraining.optimiser.epochs=1 --set pretraining.tasks=2 --out run --quiet");
            Assert.True(code == 0, error);
        }

        internal BuiltProgram Program { get; } = new();

        public void Dispose() => Program.Dispose();
    }
}
