using W2S.Data;
using W2S.Experiments;
using W2S.Reporting;
using W2S.Training;

namespace W2S.Runs;

/// <summary>Whole studies on generated molecules, with encoders that learned nothing.</summary>
public sealed class TableStudiesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_study_leaves_figure_rows_report_and_summary()
    {
        var panels = Of().Run(_folder["run"]);
        foreach (var file in new[] { "config.yaml", "rows.csv", "summary.json", "report.html", "plots/small.svg" }) Assert.True(File.Exists(_folder["run/" + file]), file);
        var lines = File.ReadAllLines(_folder["run/rows.csv"]);
        Assert.Equal(1 + 6, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
        Assert.StartsWith($"small,synthetic-smiles,122,,0,two,strong,squared,{NumberText.Exact(panels[0].Cells[0].WeakError)}", lines[1]);
        Assert.Contains("Which weak model to take", File.ReadAllText(_folder["run/report.html"]));
        // Of one there is nothing to choose.
        Assert.DoesNotContain("Which weak model to take", FakeStudies.Page([panels[0]], new ReportContext("./run.sh reproduce small")));
        Assert.False(Directory.Exists(_folder["run/features"]));
    }

    [Theory]
    [InlineData("heads.solver=ridge")]
    [InlineData("heads.solver=adamw", "heads.optimiser.epochs=8")]
    [InlineData(
        "heads.solver=adamw", "heads.optimiser.epochs=2", "heads.optimiser.batch=200", "heads.trainable_blocks=1",
        "heads.weak_trainable_blocks=1", "splits=[122]")]
    public void Stopped_anywhere_and_run_again_it_ends_as_if_undisturbed(params string[] settings)
    {
        var studies = Of(settings);
        var undisturbed = studies.Run(_folder["undisturbed"]);
        for (var attempt = 1; ; attempt++)
        {
            var (stop, metrics) = (new StopSignal(), 0);
            try
            {
                var disturbed = studies.Run(_folder["disturbed"], run: RunServices.Silent with { Stop = stop, Metrics = new Counting(() => { if (++metrics == 8) stop.Set("the test"); }) });
                Assert.Equal(undisturbed.Text(), disturbed.Text());
                break;
            }
            catch (StoppedException)
            {
                Assert.InRange(attempt, 1, 200);
            }
        }
    }

    [Fact]
    public void A_finished_study_is_found_and_other_weights_under_the_same_name_are_another()
    {
        var first = Of().Run(_folder["run"]);
        Assert.Equal(first[0].Seconds, Of().Run(_folder["run"])[0].Seconds);
        var before = DefaultFolder(Of());
        Save("strong", 8, seed: 9);
        var error = Assert.Throws<UserErrorException>(() => new[] { Unsaved() }.Run(_folder["run"]));
        Assert.Contains("on other files, which have been changed since (\"digests: ", error.Message);
        Assert.Contains("--force", error.Message);
        Assert.NotEqual(before, DefaultFolder([Unsaved()]));
        new[] { Unsaved() }.Run(_folder["run"], force: true);
    }

    /// <summary>The folder without --out.</summary>
    private static string DefaultFolder(IReadOnlyList<Study> studies) => new Studies(new DataFolders(["."]), 1, new TrainingOptions(), "w2s").DefaultFolder(studies);

    [Fact]
    public void An_absent_data_set_is_told_before_anything_is_computed()
    {
        Assert.Contains("Lipop.csv", Assert.Throws<UserErrorException>(() => Of("data=[synthetic-smiles, lipop]").Run(_folder["run"])).Message);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void The_report_is_remade_from_the_summary_alone()
    {
        var panels = Of().Run(_folder["run"]);
        var (plot, rows) = (File.ReadAllText(_folder["run/plots/small.svg"]), File.ReadAllText(_folder["run/rows.csv"]));
        foreach (var file in new[] { "plots/small.svg", "rows.csv", "report.html" }) File.Delete(_folder["run/" + file]);
        var remade = Assert.IsType<Result>(StudyOutputs.Remake(_folder["run"], "w2s"));
        Assert.Equal(panels.Text(), remade.Panels.Text());
        Assert.Equal((plot, rows), (File.ReadAllText(_folder["run/plots/small.svg"]), File.ReadAllText(_folder["run/rows.csv"])));
    }

    [Fact]
    public void In_train_mode_heads_are_fitted_on_disturbed_features_and_predict_from_clean_ones()
    {
        var clean = Of("splits=[122]").Run(_folder["clean"]);
        var noisy = Of("splits=[122]", "features.train_mode_passes=2").Run(_folder["noisy"]);
        Assert.Equal(noisy.Text(), Of("splits=[122]", "features.train_mode_passes=2").Run(_folder["again"]).Text());
        Assert.NotEqual(clean[0].Cells[0].WeakError, noisy[0].Cells[0].WeakError);
        Assert.NotEqual(clean[0].Cells[0].StudentError, noisy[0].Cells[0].StudentError);
    }

    /// <summary>Two weak encoders and a strong one, saved.</summary>
    private IReadOnlyList<Study> Of(params string[] assignments)
    {
        Save("two", 2, seed: 1);
        Save("four", 4, seed: 2);
        Save("strong", 8, seed: 3);
        return [Unsaved(assignments)];
    }

    private Study Unsaved(params string[] assignments) =>
        SmallTables.Study([$"name=small", $"weak.from=[{_folder["two"]}, {_folder["four"]}]", $"strong.from={_folder["strong"]}", .. assignments]);

    private void Save(string name, int hidden, long seed) => TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, layers: 1, seed: seed), _folder[name]);

    private sealed class Counting(Action written) : IMetricSink
    {
        public void Write(Metric metric) => written();
    }
}
