using System.Text.Json;

namespace W2S.Tests.Cli;

/// <summary>What is said before and after a run without running anything: settings, dry runs, lists and comparisons.</summary>
public sealed class ForesightTests : IDisposable
{
    private const string Small = "reproduce 2c --solver exact --tasks 5 --samples 100";
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("2b")]
    [InlineData("kl3a --solver newton --set truth.depth=3")]
    [InlineData("fig2d --w2s-on half")]
    public void Settings_that_are_shown_load_again_as_they_were(string arguments)
    {
        var shown = _program.Run($"config show {arguments}").Output;
        File.WriteAllText(Path.Combine(_program.Folder, "shown.yaml"), shown);
        var again = _program.Run("config show shown.yaml");
        Assert.Equal((0, WithoutFirstLine(shown)), (again.ExitCode, WithoutFirstLine(again.Output)));
        Assert.Contains("# Seed of every random stream", shown);
    }

    [Fact]
    public void A_group_of_panels_has_no_settings_of_its_own() => Assert.Contains("names 6 panels", _program.Run("config show synthetic").Error);

    [Fact]
    public void A_dry_run_writes_nothing_and_then_finds_what_was_run()
    {
        var before = _program.Run($"{Small} --dry-run");
        Assert.Equal(0, before.ExitCode);
        Assert.Contains("h* + noise 0.05", before.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_program.Folder));
        var folder = before.Output.TrimEnd().Split('\n')[^1];
        Assert.Equal(0, _program.Run($"{Small} --quiet").ExitCode);
        Assert.True(File.Exists(Path.Combine(_program.Folder, folder, "summary.json")), folder);
        Assert.Matches("fig2c +all found", _program.Run($"{Small} --dry-run").Output);
    }

    [Fact]
    public void A_dry_run_counts_the_steps_that_are_left()
    {
        const string pretrain = "pretrain --engine fused --depth 2 --epochs 20 --set pretraining.samples=64 --set pretraining.tasks=3";
        Assert.Matches("train, 2 layers of 16 +120 ", _program.Run($"{pretrain} --dry-run").Output);
        Assert.Equal(0, _program.Run($"{pretrain} --quiet").ExitCode);
        Assert.Matches("found, 2 layers of 16\n", _program.Run($"{pretrain} --dry-run").Output);
        Assert.Matches("weak +7 heads, adamw, 1000 epochs +63,000", _program.Run("train-weak --tasks 7 --dry-run").Output);
    }

    [Fact]
    public void What_is_alike_in_many_panels_and_seeds_stands_in_one_line_of_at_most_80_columns()
    {
        var plan = _program.Run("reproduce synthetic --seeds 0..9 --dry-run").Output;
        Assert.Matches(@"\nmlp-8x16-seed… \(10\) +train, 8 layers of 16 +6,300,000 ", plan);
        Assert.Matches(@"\nseed-… \(60\) +300 heads, adamw, 1000 epochs +11,340,000 ", plan);
        Assert.All(plan.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void A_dry_run_of_experiments_counts_their_studies_and_then_finds_them()
    {
        const string limits = "reproduce kl-gain mixtures --seeds 0..1 --tasks 2 --samples 60 --set evaluation.samples=60 --set heads.optimiser.epochs=2 --set heads.optimiser.batch=30 "
            + "--set pretraining.optimiser.epochs=1 --set pretraining.tasks=2 --set pretraining.samples=20";
        var before = _program.Run($"{limits} --dry-run");
        Assert.Matches(@"\nkl-gain +measure \d+ studies", before.Output);
        Assert.Matches(@"\nmixtures +measure \d+ studies", before.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_program.Folder));
        var folder = Path.Combine(_program.Folder, before.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(0, _program.Run($"{limits} --quiet").ExitCode);
        Assert.True(File.Exists(Path.Combine(folder, "summary.json")), folder);
        Assert.Matches(@"\nkl-gain +all found\s+mixtures +all found\s", _program.Run($"{limits} --dry-run").Output);
        File.Delete(Directory.GetFiles(Path.Combine(folder, "mixtures", "points"))[0]);
        Assert.Matches(@"\nmixtures +measure \d+ studies, \d+ of them found\s", _program.Run($"{limits} --dry-run").Output);
    }

    [Fact]
    public void Runs_are_listed_and_compared_setting_by_setting()
    {
        _program.Run($"{Small} --out runs/a --quiet");
        _program.Run($"{Small} --out runs/b --quiet --set sigma=100");
        var list = _program.Run("runs list").Output;
        Assert.Matches(@"runs/a +study +done +fig2c; seed 0 +\S+ +\S+ ", list);
        Assert.Contains("runs/b", list);
        Assert.Equal(2, JsonDocument.Parse(_program.Run("runs list --json").Output).RootElement.GetArrayLength());

        var (code, output, _) = _program.Run("runs compare runs/a runs/b --figure both.svg");
        Assert.Equal(0, code);
        Assert.Matches(@"setting +a +b\n.*\nsigma +500 +100\n\n", output);
        Assert.Matches(@"\na +fig2c +1 +0 ", output);
        Assert.StartsWith("<svg", File.ReadAllText(Path.Combine(_program.Folder, "both.svg")));
        Assert.Contains("two runs or more", _program.Run("runs compare runs/a").Error);
    }

    [Theory]
    [InlineData("reproduce 2c 3b --solver exact --tasks 10 --seeds 0..5")]
    [InlineData("reproduce kl2c --solver newton --tasks 5 --seeds 0..1")]
    public void Results_in_a_pipe_fit_a_page(string command)
    {
        var (code, output, error) = _program.Run($"{command} --quiet");
        Assert.True(code == 0, error);
        Assert.Contains("gain / misfit [95 %]", output);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void A_summary_has_the_same_shape_for_one_seed_and_for_several()
    {
        _program.Run($"{Small} --out one --quiet");
        _program.Run($"{Small} --seeds 0..2 --out three --quiet");
        Assert.Equal(Shape("one"), Shape("three"));
    }

    [Fact]
    public void A_sweep_says_what_is_left_to_run()
    {
        File.WriteAllText(Path.Combine(_program.Folder, "sweep.yaml"), "panels: [2c]\nsettings: { heads: { solver: exact, tasks: 3, samples: 60 } }\ngrid: { seed: 0..3 }\n");
        _program.Run("sweep plan sweep.yaml --out s");
        Assert.Matches("0 +study +4 +4 +–", _program.Run("sweep run s --dry-run").Output);
        Assert.False(Directory.EnumerateDirectories(Path.Combine(_program.Folder, "s", "runs")).Any());
        _program.Run("sweep work s --lines 1-3");
        Assert.Matches("0 +study +4 +1 +[0-9]", _program.Run("sweep run s --dry-run").Output);
        Assert.Contains("3 of 4 runs", _program.Run("runs list s").Output);
    }

    private static string WithoutFirstLine(string text) => text[(text.IndexOf('\n') + 1)..];

    /// <summary>Every path of the JSON document, entries of lists taken together.</summary>
    private IReadOnlyList<string> Shape(string run)
    {
        var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_program.Folder, run, "summary.json")));
        return [.. Paths(document.RootElement, "").Distinct().Order(StringComparer.Ordinal)];

        static IEnumerable<string> Paths(JsonElement value, string path) => value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Paths(property.Value, $"{path}.{property.Name}")),
            JsonValueKind.Array => value.EnumerateArray().SelectMany(entry => Paths(entry, path + "[]")),
            _ => [path],
        };
    }
}
