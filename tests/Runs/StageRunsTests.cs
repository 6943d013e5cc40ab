using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Runs;

public class StageRunsTests
{
    [Fact]
    public void The_stages_one_at_a_time_measure_what_the_panel_measures()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var stages = Stages(folder);
        var weak = stages.Train("weak", options, null);
        var student = stages.TrainStudent(weak.Folder, options, null);
        var strong = stages.Train("strong", options, null);
        var evaluation = stages.Evaluate(student.Folder, strong.Folder, null);

        var panel = SmallStudies.Of("2b").Run(folder["panel"]).Single();
        Assert.Equal(panel.Cells.Select(task => task.WeakError), weak.Panel.Cells.Select(task => task.WeakError));
        Assert.Equal(panel.Cells.Select(task => task.StrongError), strong.Panel.Cells.Select(task => task.StrongError));
        Assert.Equal(panel.Cells.Select(task => task.Gain), student.Panel.Cells.Select(task => task.Gain));
        Assert.Equal(Fingerprint.Of(panel.Cells), Fingerprint.Of(evaluation.Panel.Cells));
    }

    [Fact]
    public void A_finished_representation_with_the_same_settings_is_used_again()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var trained = Stages(folder).Pretrain(options);
        var written = File.GetLastWriteTimeUtc(Path.Combine(trained.Origin.Folder!, "LAST"));
        Stages(folder).Train("strong", options, null);
        Stages(folder).Train("strong", options with { Heads = options.Heads with { Tasks = 3 } }, null);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(trained.Origin.Folder!, "LAST")));
        Assert.Single(Directory.GetDirectories(folder["checkpoints"], "mlp-*"));
    }

    [Fact]
    public void What_a_stage_does_not_depend_on_does_not_make_another_run()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var first = Stages(folder).Train("weak", options, null);
        var second = Stages(folder).Train("weak", options with { Strong = options.Strong with { Depth = 3 }, Threads = 2 }, null);
        Assert.Equal(first.Folder, second.Folder);
    }

    [Fact]
    public void What_a_finished_stage_had_still_to_delete_when_it_was_cut_off_is_deleted_when_it_is_found()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var run = Stages(folder).Train("weak", options, null).Folder!;
        var left = Path.Combine(run, "heads");
        Assert.False(Directory.Exists(left));
        Directory.CreateDirectory(Path.Combine(left, "half"));
        Stages(folder).Train("weak", options, null);
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void A_folder_without_a_finished_weak_run_is_refused_with_what_to_give()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var strong = Stages(folder).Train("strong", options, null);
        var nothing = Assert.Throws<UserErrorException>(() => Stages(folder).TrainStudent(folder["nowhere"], options, null));
        Assert.Contains("train-weak", nothing.Message);
        var wrong = Assert.Throws<UserErrorException>(() => Stages(folder).TrainStudent(strong.Folder, options, null));
        Assert.Contains("run of the stage strong", wrong.Message);
    }

    [Fact]
    public void A_ceiling_of_other_settings_is_refused()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var stages = Stages(folder);
        var student = stages.TrainStudent(stages.Train("weak", options, null).Folder, options, null);
        var other = stages.Train("strong", options with { Strong = options.Strong with { Depth = 3 } }, null);
        Assert.Contains("is no ceiling for", Assert.Throws<UserErrorException>(() => stages.Evaluate(student.Folder, other.Folder, null)).Message);
    }

    private static StageRuns Stages(TemporaryFolder folder) =>
        new(folder["checkpoints"], new DataFolders(["."]), threads: 1, new TrainingOptions(), force: false, "w2s", RunServices.Silent);
}
