using System.Security.Cryptography;
using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Runs;

public class StudiesTests
{
    [Fact]
    public void Results_do_not_depend_on_threads_or_on_what_other_panels_run_beside()
    {
        using var folder = new TemporaryFolder();
        var together = SmallStudies.Of("synthetic").Run(folder["together"], threads: 4);
        var alone = SmallStudies.Of("3a").Run(folder["alone"], threads: 1);
        Assert.Equal(alone.Text(), together.Where(panel => panel.Name == "fig3a").ToList().Text());
    }

    [Theory]
    [InlineData("heads.optimiser.schedule=cosine", "heads.optimiser.warm_up=0.2")]
    [InlineData("heads.optimiser.accumulate=3")]
    [InlineData("heads.optimiser.max_grad_norm=0.01")]
    [InlineData("pretraining.optimiser.schedule=linear")]
    [InlineData("pretraining.optimiser.accumulate=2", "pretraining.optimiser.max_grad_norm=0.5")]
    public void A_setting_of_the_optimiser_changes_what_is_found_and_not_from_run_to_run(params string[] settings)
    {
        using var folder = new TemporaryFolder();
        var plain = SmallStudies.Of("2b").Run(folder["plain"]);
        var changed = SmallStudies.Of("2b", settings).Run(folder["changed"], threads: 2);
        Assert.NotEqual(plain[0].Cells[0].StudentError, changed[0].Cells[0].StudentError);
        Assert.Equal(SmallStudies.Of("2b", settings).Run(folder["again"]).Text(), changed.Text());
    }

    [Fact]
    public void A_study_made_in_code_is_run_with_its_means_at_hand_or_refused_with_all_that_is_wrong()
    {
        using var folder = new TemporaryFolder();
        var study = SmallStudies.Of("2c").Single();
        var panel = Studies.Run(study, folder["run"], RunServices.Silent).Panel;
        Assert.Equal(panel.Cells.Average(cell => cell.WeakError - cell.StudentError)!.Value, panel.Gain!.Value, 1e-12);
        Assert.Equal((panel.WeakError - panel.StudentError)!.Value, panel.Gain!.Value, 1e-12);
        Assert.Equal(SmallStudies.Of("2c").Run(folder["other"]).Single().Misfit, panel.Misfit);

        var wrong = study with { Sigma = -1, Heads = study.Heads with { Tasks = 0 } };
        var error = Assert.Throws<UserErrorException>(() => Studies.Run(wrong, folder["wrong"], RunServices.Silent));
        Assert.Contains("sigma", error.Message);
        Assert.Contains("heads.tasks", error.Message);
        Assert.False(Directory.Exists(folder["wrong"]));
    }

    [Fact]
    public void Representations_that_are_compared_by_themselves_give_what_a_study_of_theirs_gives()
    {
        using var folder = new TemporaryFolder();
        var study = SmallStudies.Of("2c").Single();
        var kept = Studies.Run(study, folder["run"], RunServices.Silent).Panel;
        var engine = Engines.Choose(study, 1);
        var made = new Representations(folder["mlps"], new DataFolders(["."]), new FeatureCache(null), 1, new TrainingOptions(), RunServices.Silent);
        var compared = Studies.Compare(study, made.Obtain(study, "weak", engine), made.Obtain(study, "strong", engine), run: RunServices.Silent);
        Assert.Equal(Fingerprint.Of(kept.Cells), Fingerprint.Of(compared.Cells));
    }

    [Fact]
    public void Panels_of_a_seed_share_their_representations()
    {
        using var folder = new TemporaryFolder();
        SmallStudies.Of("2a 2b 3a").Run(folder["run"]);
        Assert.Equal(2, Directory.GetDirectories(folder["run/representations"]).Length);
    }

    [Fact]
    public void Fitting_heads_does_not_move_a_representation()
    {
        using var folder = new TemporaryFolder();
        SmallStudies.Of("2b").Run(folder["run"]);
        var before = Weights();
        Directory.Delete(folder["run/seed-0"], recursive: true);
        SmallStudies.Of("2b").Run(folder["run"]);
        Assert.Equal(before, Weights());

        string[] Weights() =>
            [.. Directory.GetFiles(folder["run/representations"], "state.safetensors", SearchOption.AllDirectories).Order().Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))];
    }

    [Fact]
    public void A_study_stopped_anywhere_and_run_again_ends_as_if_undisturbed()
    {
        using var folder = new TemporaryFolder();
        var panels = SmallStudies.Of("2b 3c", [0, 5]);
        var undisturbed = panels.Run(folder["undisturbed"]);
        var stops = 0;
        for (var metrics = 1; ; metrics += 37)
        {
            var stop = new StopSignal();
            try
            {
                var disturbed = panels.Run(folder["disturbed"], run: RunServices.Silent with { Stop = stop, Metrics = new StopAfter(metrics, stop) });
                Assert.Equal(undisturbed.Text(), disturbed.Text());
                break;
            }
            catch (StoppedException)
            {
                stops++;
            }
        }
        Assert.True(stops >= 3, $"The study was stopped {stops} times.");
    }

    [Fact]
    public void A_finished_study_is_not_run_again()
    {
        using var folder = new TemporaryFolder();
        var first = SmallStudies.Of("2c").Run(folder["run"]);
        var counting = new StopAfter(int.MaxValue, new StopSignal());
        var second = SmallStudies.Of("2c").Run(folder["run"], run: RunServices.Silent with { Metrics = counting });
        Assert.Equal(0, counting.Written);
        Assert.Equal(first.Single().Seconds, second.Single().Seconds);
    }

    [Fact]
    public void A_panels_result_of_other_settings_is_not_taken_for_its_own()
    {
        using var folder = new TemporaryFolder();
        var expected = SmallStudies.Of("2c").Run(folder["run"]);
        SmallStudies.Of("2c", "sigma=400").Run(folder["other"]);
        Directory.Delete(folder["run/seed-0"], recursive: true);
        Directory.Move(folder["other/seed-0"], folder["run/seed-0"]);
        Assert.Equal(expected.Text(), SmallStudies.Of("2c").Run(folder["run"]).Text());
    }

    [Fact]
    public void A_folder_of_other_settings_is_refused_and_kept()
    {
        using var folder = new TemporaryFolder();
        SmallStudies.Of("2c").Run(folder["run"]);
        var error = Assert.Throws<UserErrorException>(() => SmallStudies.Of("2c", "sigma=400").Run(folder["run"]));
        Assert.Contains("sigma: 500", error.Message);
        Assert.Contains("--force", error.Message);
        Assert.True(File.Exists(folder["run/summary.json"]));
    }

    [Fact]
    public void Force_starts_anew_but_never_deletes_a_folder_that_no_run_made()
    {
        using var folder = new TemporaryFolder();
        SmallStudies.Of("2c").Run(folder["run"]);
        SmallStudies.Of("2c", "sigma=400").Run(folder["run"], force: true);
        Assert.Contains("sigma: 400", File.ReadAllText(folder["run/config.yaml"]));

        Directory.CreateDirectory(folder["thesis"]);
        File.WriteAllText(folder["thesis/chapter1.tex"], "years of work");
        Assert.Throws<UserErrorException>(() => SmallStudies.Of("2c").Run(folder["thesis"], force: true));
        Assert.True(File.Exists(folder["thesis/chapter1.tex"]));
    }

    [Fact]
    public void Seeds_change_everything_and_are_each_reproduced()
    {
        using var folder = new TemporaryFolder();
        var results = SmallStudies.Of("2b", [3, 4]).Run(folder["both"]);
        Assert.NotEqual(results[0].Cells[0].WeakError, results[1].Cells[0].WeakError);
        var alone = SmallStudies.Of("2b", [4]).Run(folder["alone"]);
        Assert.Equal(alone.Text(), results.Skip(1).ToList().Text());
    }

    [Fact]
    public void Labels_that_are_not_finite_stop_the_run_with_the_step()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<TrainingFailedException>(() => SmallStudies.Of("2b", "sigma=1e9", "pretraining.optimiser.learning_rate=10").Run(folder["run"]));
        Assert.Contains("step", error.Message);
    }

    private sealed class StopAfter(int metrics, StopSignal stop) : IMetricSink
    {
        public int Written { get; private set; }

        public void Write(Metric metric)
        {
            if (++Written >= metrics) stop.Set("the test");
        }
    }
}
