using W2S.Data;
using W2S.Experiments;
using W2S.Reporting.Plots;
using W2S.Runs;
using W2S.Training;

namespace W2S.Papers;

[Collection(Alone.Name)]
public class ExperimentRunsTests
{
    public static TheoryData<string> Names => [.. Limits.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_experiment_runs_tells_two_sentences_and_leaves_rows_figures_and_a_page(string name)
    {
        using var folder = new TemporaryFolder();
        var result = Assert.Single(SmallExperiments.Run(name, folder["run"], seeds: [0, 1]).Experiments);
        Assert.DoesNotContain("NaN", result.Sentences);
        Assert.EndsWith(".", result.Sentences);
        Assert.True(File.ReadLines(folder[$"run/{name}/rows.csv"]).Count() > 1);
        Assert.All(Directory.GetFiles(folder[$"run/{name}/plots"], "*.svg"), file => _ = new DrawnSvg(File.ReadAllText(file)));
        Assert.Contains(result.Sentences[..40], System.Net.WebUtility.HtmlDecode(File.ReadAllText(folder["run/report.html"])));
        Assert.Equal(SummaryFile.ExperimentsFormat, SummaryFile.KindOf(folder["run/summary.json"]));
        RemadeToTheByte(folder["run"]);
    }

    [Fact]
    public void A_report_is_remade_of_several_experiments_and_of_files_of_ones_own()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.yaml"], "experiment: bounds\nsettings: { objective: { name: cross-entropy }, heads: { solver: newton } }");
        SmallExperiments.Run([folder["mine.yaml"], "calibration"], folder["run"]);
        RemadeToTheByte(folder["run"]);
        File.Delete(folder["run/mine/rows.csv"]);
        Assert.Contains("mine/rows.csv", Assert.Throws<UserErrorException>(() => ExperimentRuns.Remake(folder["run"], "report")).Message);
    }

    private static void RemadeToTheByte(string run)
    {
        string[] made = [.. Directory.GetFiles(run, "*.svg", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(run, file).StartsWith("representations", StringComparison.Ordinal)),
            Path.Combine(run, "report.html")];
        var before = made.Select(Undated).ToArray();
        foreach (var file in made) File.Delete(file);
        Assert.IsType<ExperimentResults>(ExperimentRuns.Remake(run, "report"));
        Assert.Equal(before, made.Select(Undated));

        static string Undated(string file) =>
            System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(file), @" Finished [-\d: ]+UTC[-+:\d]+\.", "");
    }

    [Fact]
    public void Rows_do_not_depend_on_threads_or_interruptions()
    {
        using var folder = new TemporaryFolder();
        SmallExperiments.Run("calibration", folder["whole"], threads: 1, seeds: [0, 1]);
        for (var stops = 0; ; stops++)
        {
            var stop = new StopSignal();
            var run = RunServices.Silent with { Stop = stop, Progress = new StopsAfterOne(stop) };
            try
            {
                SmallExperiments.Run("calibration", folder["interrupted"], threads: 2, run: run, seeds: [0, 1]);
                Assert.True(stops >= 2, $"only {stops} interruptions");
                break;
            }
            catch (StoppedException)
            {
                Assert.False(File.Exists(folder["interrupted/summary.json"]));
            }
        }
        foreach (var table in new[] { "rows", "bins" })
            Assert.Equal(File.ReadAllText(folder[$"whole/calibration/{table}.csv"]),
                File.ReadAllText(folder[$"interrupted/calibration/{table}.csv"]));
    }

    [Fact]
    public void A_point_that_was_cut_short_is_named()
    {
        using var folder = new TemporaryFolder();
        SmallExperiments.Run("bounds", folder["run"]);
        var point = Directory.GetFiles(folder["run/bounds/points"])[0];
        File.WriteAllText(point, "[{");
        Assert.Contains(Path.GetFileName(point),
            Assert.Throws<UserErrorException>(() => SmallExperiments.Run("bounds", folder["run"])).Message);
    }

    /// <summary>The pieces of an experiment are the pipeline's, to the bit.</summary>
    [Fact]
    public void What_the_bench_fits_is_what_a_study_fits()
    {
        var bench = SmallExperiments.Bench("calibration");
        var weak = bench.Weak();
        var own = new[] { (Stages.Weak, weak), (Stages.Student, bench.Student(bench.WeakLabels(weak))), (Stages.Strong, bench.Strong()) };
        var engine = Engines.Choose(bench.Study, 1);
        var solver = HeadSolvers.Create(bench.Study, engine, 1, null, new TrainingOptions(), RunServices.Silent);
        var comparison =
            new Comparison(bench.Study, new GaussianTasks(bench.Study, engine), bench.Representation(Stages.Weak),
            bench.Representation(Stages.Strong), solver, RunServices.Silent);
        var fits = comparison.Run(Stages.All).Fits.ToDictionary(fit => fit.Stage);
        foreach (var (stage, model) in own)
            Assert.Equal(
                fits[stage].Solved.Heads.ToTensors().Select(tensor => Convert.ToHexString(tensor.Bytes)), model.Heads.ToTensors()
                    .Select(tensor => Convert.ToHexString(tensor.Bytes)));
    }

    [Fact]
    public void A_file_with_an_unknown_key_or_experiment_is_refused_with_the_nearest_one()
    {
        Assert.Contains("x.yaml:2:1: an experiment's file has no seed; did you mean seeds?", Error("experiment: bounds\nseed: 3"));
        Assert.Contains("there is no experiment \"bound\": there are bounds,", Error("experiment: bound"));
        Assert.Contains("weak.nois", Error("experiment: bounds\ngrid: { weak.nois: [1] }"));

        static string Error(string yaml) => Assert.Throws<UserErrorException>(() => ExperimentFile.Parse(yaml, "x.yaml")).Message;
    }

    [Fact]
    public void Overrides_win_over_the_grid_and_equal_studies_count_once()
    {
        var all = ExperimentFile.OfName("mixtures").Studies("paper", [], [0]);
        var one = ExperimentFile.OfName("mixtures").Studies("paper", [ConfigurationLayer.FromAssignment("objective.mixture.heads=3")], [0]);
        Assert.Equal([1, 2, 3, 5, 10, 20, 50, 100], all.Select(study => study.Objective.Mixture.Heads));
        Assert.Equal(3, Assert.Single(one).Objective.Mixture.Heads);
    }

    [Fact]
    public void Splits_of_different_sizes_are_refused_with_a_remedy()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["labels.csv"], Enumerable.Range(0, 20).Select(row => row % 3 == 0 ? "few" : "many").Prepend("label"));
        File.WriteAllLines(folder["features.csv"], Enumerable.Range(0, 20).Select(row => $"{row},{row * row % 7}").Prepend("a,b"));
        string[] parts = ["train", "train", "train", "valid", "test"];
        File.WriteAllLines(folder["splits.csv"],
            Enumerable.Range(0, 20).Select(row => $"{parts[row % 5]},{(row == 0 ? "test" : parts[row % 5])}").Prepend("split0,split1"));
        File.WriteAllText(folder["mine.yaml"], $$"""
            experiment: calibration
            settings:
              data: ["{{folder["labels.csv"]}}"]
              table: { splits: "{{folder["splits.csv"]}}" }
              objective: { name: cross-entropy }
              classes: { smoothing: 0.02 }
              heads: { solver: newton, newton: { ridge: 0.01 } }
              weak: { from: "features:{{folder["features.csv"]}}" }
              strong: { from: "features:{{folder["features.csv"]}}" }
            """);
        var runs = new ExperimentRuns(new DataFolders(["."]), 1, new TrainingOptions(), "w2s");
        Assert.Contains("--random-splits 0,1,2", Assert.Throws<UserErrorException>(() =>
            runs.Run([folder["mine.yaml"]], "paper", [], [], folder["run"], force: false, RunServices.Silent)).Message);
        Assert.Single(runs.Run([folder["mine.yaml"]], "paper", [ConfigurationLayer.FromAssignment("splits=[0]")], [], folder["one"],
            force: false, RunServices.Silent).Experiments);
    }

    /// <summary>Asks to stop as soon as something is measured.</summary>
    private sealed class StopsAfterOne(StopSignal stop) : IProgressDisplay, IProgressDisplay.IItem
    {
        public IProgressDisplay.IItem Begin(string name, string unit, long total, long startStep = 0) => this;

        public void Report(long step, double? loss = null) => stop.Set("the test");

        public void Dispose() { }
    }
}
