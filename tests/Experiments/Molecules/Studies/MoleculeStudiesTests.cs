using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

public class MoleculeStudiesTests
{
    [Fact]
    public void A_study_leaves_figure_table_report_and_summary()
    {
        using var folder = new TemporaryFolder();
        var result = SmallMolecules.Run(folder["run"]);
        foreach (var file in new[] { "config.yaml", "tasks.csv", "summary.json", "report.html", "plots/synthetic-smiles.svg" }) Assert.True(File.Exists(folder["run/" + file]), file);
        var lines = File.ReadAllLines(folder["run/tasks.csv"]);
        Assert.Equal(1 + 6, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
        Assert.StartsWith("data,split,weak,width,measured_on,weak_error,student_error", lines[0]);
        Assert.Contains($"synthetic-smiles,122,two,2,test,{NumberText.Exact(result.Sets[0].Results[0].WeakError)}", lines[1]);
    }

    [Fact]
    public void A_finished_study_is_found_and_no_encoder_is_asked()
    {
        using var folder = new TemporaryFolder();
        var first = SmallMolecules.Run(folder["run"]);
        var encoders = SmallMolecules.Encoders();
        var second = SmallMolecules.Run(folder["run"], encoders);
        Assert.Equal(Text(first), Text(second));
        Assert.Equal(first.Sets[0].Seconds, second.Sets[0].Seconds);
        Assert.All(encoders.All, encoder => Assert.Equal(0, ((LetterCounts)encoder.Features).Asked));
    }

    [Theory]
    [InlineData(HeadSolver.Exact)]
    [InlineData(HeadSolver.AdamW)]
    public void Stopped_anywhere_and_run_again_it_ends_as_if_undisturbed_and_computes_features_once(HeadSolver solver)
    {
        using var folder = new TemporaryFolder();
        var options = SmallMolecules.Options with { Heads = HeadExamples.Descent(epochs: 8) with { Solver = solver } };
        var undisturbed = SmallMolecules.Run(folder["undisturbed"], options: options);
        var asked = 0;
        for (var attempt = 1; ; attempt++)
        {
            var (stop, metrics) = (new StopSignal(), 0);
            try
            {
                // An attempt ends with the second set of features that it computes, or with its eighth metric of a fit.
                var encoders = SmallMolecules.Encoders(before: () => { asked++; if (asked % 2 == 0) stop.Set("the test"); });
                var disturbed = SmallMolecules.Run(folder["disturbed"], encoders, RunServices.Silent with { Stop = stop, Metrics = new Counting(() => { if (++metrics == 8) stop.Set("the test"); }) }, options);
                Assert.Equal(Text(undisturbed), Text(disturbed));
                break;
            }
            catch (StoppedException)
            {
                Assert.InRange(attempt, 1, 60);
            }
        }
        Assert.Equal(3, asked);
        Assert.False(Directory.Exists(folder["disturbed/synthetic-smiles/features"]));
    }

    [Fact]
    public void Other_weights_under_the_same_name_are_another_study()
    {
        using var folder = new TemporaryFolder();
        SmallMolecules.Run(folder["run"]);
        var others = SmallMolecules.Encoders() with { Strong = SmallMolecules.Encoder("all", "CNO", digest: "fedcba9876543210fedc") };
        var error = Assert.Throws<UserErrorException>(() => SmallMolecules.Run(folder["run"], others));
        Assert.Contains("all: weights fedcba9876543210", error.Message);
        Assert.Contains("--force", error.Message);
        Assert.NotEqual(MoleculeStudies.DefaultFolder(SmallMolecules.Options, others), MoleculeStudies.DefaultFolder(SmallMolecules.Options, SmallMolecules.Encoders()));
        SmallMolecules.Run(folder["run"], others, force: true);
    }

    [Fact]
    public void Two_encoders_of_one_name_are_refused()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<UserErrorException>(() => SmallMolecules.Run(folder["run"], new StudyEncoders([SmallMolecules.Encoder("all", "C")], SmallMolecules.Encoder("all", "CN"))));
        Assert.Contains("called all", error.Message);
    }

    [Fact]
    public void An_absent_data_set_is_told_before_anything_is_computed()
    {
        using var folder = new TemporaryFolder();
        var encoders = SmallMolecules.Encoders();
        var options = SmallMolecules.Options with { Data = ["synthetic-smiles", "lipop"] };
        var error = Assert.Throws<UserErrorException>(() => SmallMolecules.Run(folder["run"], encoders, options: options));
        Assert.Contains("Lipop.csv", error.Message);
        Assert.All(encoders.All, encoder => Assert.Equal(0, ((LetterCounts)encoder.Features).Asked));
    }

    [Fact]
    public void The_report_is_remade_from_the_summary_alone()
    {
        using var folder = new TemporaryFolder();
        var result = SmallMolecules.Run(folder["run"]);
        var (plot, table) = (File.ReadAllText(folder["run/plots/synthetic-smiles.svg"]), File.ReadAllText(folder["run/tasks.csv"]));
        foreach (var file in new[] { "plots/synthetic-smiles.svg", "tasks.csv", "report.html" }) File.Delete(folder["run/" + file]);
        var remade = Assert.IsType<MoleculeStudyResult>(RunReports.Remake(folder["run"], "w2s"));
        Assert.Equal(Text(result), Text(remade));
        Assert.Equal((plot, table), (File.ReadAllText(folder["run/plots/synthetic-smiles.svg"]), File.ReadAllText(folder["run/tasks.csv"])));
        Assert.Contains("Which weak model to take", File.ReadAllText(folder["run/report.html"]));
    }

    [Fact]
    public void Stock_passes_disturb_what_heads_are_fitted_on_and_leave_predictions_clean()
    {
        using var folder = new TemporaryFolder();
        var saved = TinyEncoders.Save(TinyEncoders.Make(hidden: 4), folder["weak"]);
        var options = SmallMolecules.Options with { Weak = [saved], Strong = TinyEncoders.Save(TinyEncoders.Make(hidden: 8, seed: 2), folder["strong"]), Heads = new MoleculeHeadOptions { StockPasses = 2 } };
        var encoders = MoleculePanels.Encoders(options, threads: 1, RunServices.Silent);
        var table = SmallMolecules.Data.Table;
        var data = SmallMolecules.Data with
        {
            Table = table with { Smiles = [.. table.Smiles.Take(80)], Labels = [.. table.Labels.Take(80)] },
            Splits = new Dictionary<int, MoleculeSplit> { [1] = MoleculeSplits.Random(1, 80, "few") },
        };
        var (weak, strong) = (Store().Obtain(data, encoders.Weak[0]), Store().Obtain(data, encoders.Strong));
        Assert.Equal(MoleculeFeatures.Of(data, EncoderPooling.Pooled, encoders.Strong.Features).Clean, strong.Clean);
        Assert.Equal(2, strong.Fitting.Count);
        Assert.NotEqual(strong.Fitting[0], strong.Fitting[1]);

        // Found again, in which case nobody is asked.
        var kept = Store().Obtain(data, encoders.Strong with { Features = new LetterCounts("strong", "12345678") { Before = () => Assert.Fail("It was asked.") } });
        Assert.Equal(strong.Fitting[1], kept.Fitting[1]);

        var stock = new MoleculeStudy(options, data, HeadExamples.Heads(options.Heads)).Run([weak], strong).Single();
        var clean = new MoleculeStudy(options, data, HeadExamples.Heads()).Run([Clean(weak)], Clean(strong)).Single();
        Assert.NotEqual(clean.WeakError, stock.WeakError);
        Assert.NotEqual(clean.StudentError, stock.StudentError);

        FeatureStore Store() => new(folder["features"], options.Heads);
        MoleculeFeatures Clean(MoleculeFeatures features) => features with { Fitting = [features.Clean] };
    }

    /// <summary>Everything but the time, with every digit.</summary>
    private static string Text(MoleculeStudyResult study) => Fingerprint.Of(study with { Sets = [.. study.Sets.Select(set => set with { Seconds = 0 })] });

    private sealed class Counting(Action written) : IMetricSink
    {
        public void Write(Metric metric) => written();
    }
}
