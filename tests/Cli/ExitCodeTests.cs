namespace W2S.Tests.Cli;

/// <summary>What the shell sees: exit code, stdout for results, stderr for people.</summary>
public sealed class ExitCodeTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Help_goes_to_stdout_and_is_no_error()
    {
        var (code, output, error) = _program.Run("reproduce --help");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("Usage: ./run.sh reproduce NAME…", output);
    }

    [Theory]
    [InlineData("reprodce 2b", "There is no command reprodce. Did you mean reproduce?")]
    [InlineData("reproduce 2b --sedes 0", "There is no option --sedes. Did you mean --seeds?")]
    [InlineData("checkpoints verfy", "There is no command verfy. Did you mean verify?")]
    [InlineData("reprodce 2b --sedes 0", "There is no command reprodce. Did you mean reproduce?")]
    [InlineData("swep --help", "There is no command swep. Did you mean sweep?")]
    [InlineData("frobnicate --help", "There is no command frobnicate. There are reproduce, probe,")]
    [InlineData("sweep pln --help", "There is no command pln. Did you mean plan?")]
    [InlineData("", "Which command?")]
    [InlineData("reproduce", "reproduce needs NAME")]
    [InlineData("reproduce fig2x", "There is no panel fig2x; did you mean fig2a?")]
    [InlineData("reproduce 2b --seed", "--seed needs a value")]
    [InlineData("reproduce 2b --seed 1 --seeds 0..3", "--seed and --seeds contradict each other")]
    [InlineData("reproduce 2b --preset papr", "There is no preset papr; did you mean paper?")]
    [InlineData("reproduce 2b --save-every 3", "\"3\" lacks a unit")]
    [InlineData("reproduce 2b --samples 10", "A batch cannot be larger than the samples")]
    [InlineData("train-weak --depth 0", "--depth 0: weak.depth must be at least 1, not 0.")]
    [InlineData("train-strong --set strong.depth=4,6", "strong.depth must be one value, not \"4,6\"")]
    [InlineData("train-strong --depth 4,6", "strong.depth must be a whole number, not a list; several are varied in the grid of a sweep")]
    [InlineData("pretrain --set sigma=-1", "--set sigma=-1: sigma must be greater than 0, not -1.")]
    [InlineData("plot nowhere --format pgn", "--format pgn: it must be one of svg, pdf, png. Did you mean png?")]
    [InlineData("probe --weak a.npy --strong b.npy --labels c.csv --bins many", "--bins many: it must be a whole number.")]
    [InlineData("probe --weak a.npy --strong b.npy --labels c.csv --task regresion", "it must be one of auto, regression, classes. Did you mean regression?")]
    [InlineData("reproduce 2b --data mine.csv", "fig2b is a panel on Gaussian tasks, and --data names a table")]
    [InlineData("data verify lipo", "There is no data set 'lipo'. Did you mean lipop?")]
    [InlineData("report nowhere", "nowhere/summary.json")]
    [InlineData("checkpoints list nowhere", "There is no folder nowhere")]
    [InlineData("train-strong --data esol --strong ''", "--strong is given an empty text")]
    [InlineData("train-w2s run --strong ''", "--strong is given an empty text")]
    [InlineData("train-w2s ''", "RUN is given an empty text")]
    [InlineData("reproduce 2b --out ' '", "--out is given an empty text")]
    [InlineData("pretrain --out ''", "--out is given an empty text")]
    [InlineData("pretrain --config ''", "--config is given an empty text")]
    [InlineData("reproduce ''", "NAME is given an empty text")]
    [InlineData("sweep plan '' --out x", "is given an empty text")]
    [InlineData("reproduce 2b --set strong.name=", "there is no setting strong.name")]
    [InlineData("reproduce 2b --set name=", "name is an empty text")]
    [InlineData("doctor doctor", "doctor does not take doctor")]
    public void A_users_mistake_is_2_and_a_paragraph_on_stderr_that_helps(string arguments, string message)
    {
        var (code, output, error) = _program.Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, error);
        Assert.DoesNotContain("   at ", error);
    }

    [SkippableTheory]
    [InlineData("cuda")]
    [InlineData("cuda:99")]
    public void A_device_that_is_not_there_is_2_and_one_line(string device)
    {
        Skip.If(File.Exists("/dev/nvidiactl"), "There is an NVIDIA GPU.");
        var (code, output, error) = _program.Run($"train-weak --hidden 4 --engine torch --device {device} --quiet");
        Assert.Equal((2, ""), (code, output));
        var line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains($"The device {device} was asked for", line);
        Assert.Contains("--device cpu", line);
    }

    [Fact]
    public void Verbose_shows_where_it_was() => Assert.Contains("   at W2S.", _program.Run("report nowhere --verbose").Error);

    [Fact]
    public void A_reader_that_goes_away_is_no_error()
    {
        using var process = _program.Start("reproduce --help");
        process.StandardOutput.Close();
        Assert.Equal("", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
