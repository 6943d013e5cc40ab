using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

public class StageRunsTests
{
    [Fact]
    public void The_stages_one_at_a_time_measure_what_the_panel_measures()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var stages = Stages(folder);
        var weak = stages.TrainWeak(options, null);
        var student = stages.TrainStudent(weak.Folder, options.Strong, null);
        var strong = stages.TrainStrong(options, null);
        var evaluation = stages.Evaluate(student.Folder, strong.Folder, null);

        var panel = SmallStudies.Of("2b").Run(folder["panel"]).Single();
        Assert.Equal(panel.Tasks.Select(task => (double?)task.WeakError), weak.Tasks.Select(task => task.WeakError));
        Assert.Equal(panel.Tasks.Select(task => (double?)task.StrongError), strong.Tasks.Select(task => task.StrongError));
        Assert.Equal(panel.Tasks.Select(task => (double?)task.Gain), student.Tasks.Select(task => task.Gain));
        Assert.Equal(
            panel.Tasks.Select(task => (task.WeakError, task.StudentError, task.StrongError, task.Misfit)),
            evaluation.Tasks.Select(task => (task.WeakError!.Value, task.StudentError!.Value, task.StrongError!.Value, task.Misfit!.Value)));
    }

    [Fact]
    public void A_finished_representation_with_the_same_settings_is_used_again()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var trained = Stages(folder).Pretrain(options);
        var written = File.GetLastWriteTimeUtc(Path.Combine(trained.Folder!, "LAST"));
        Stages(folder).TrainStrong(options, null);
        Stages(folder).TrainStrong(options with { Heads = options.Heads with { Tasks = 3 } }, null);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(trained.Folder!, "LAST")));
        Assert.Single(Directory.GetDirectories(folder["checkpoints"], "mlp-*"));
    }

    [Fact]
    public void What_a_stage_does_not_depend_on_does_not_make_another_run()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var first = Stages(folder).TrainWeak(options, null);
        var second = Stages(folder).TrainWeak(options with { Strong = options.Strong with { Depth = 3 }, Threads = 2 }, null);
        Assert.Equal(first.Folder, second.Folder);
    }

    [Fact]
    public void A_folder_without_a_finished_weak_run_is_refused_with_what_to_give()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var strong = Stages(folder).TrainStrong(options, null);
        var nothing = Assert.Throws<UserErrorException>(() => Stages(folder).TrainStudent(folder["nowhere"], options.Strong, null));
        Assert.Contains("train-weak", nothing.Message);
        var wrong = Assert.Throws<UserErrorException>(() => Stages(folder).TrainStudent(strong.Folder, options.Strong, null));
        Assert.Contains("run of the stage strong", wrong.Message);
    }

    [Fact]
    public void A_ceiling_of_other_settings_is_refused()
    {
        using var folder = new TemporaryFolder();
        var options = SmallStudies.Of("2b").Single();
        var stages = Stages(folder);
        var student = stages.TrainStudent(stages.TrainWeak(options, null).Folder, options.Strong, null);
        var other = stages.TrainStrong(options with { Strong = options.Strong with { Depth = 3 } }, null);
        Assert.Contains("is no ceiling for", Assert.Throws<UserErrorException>(() => stages.Evaluate(student.Folder, other.Folder, null)).Message);
    }

    private static StageRuns Stages(TemporaryFolder folder) =>
        new(folder["checkpoints"], threads: 1, new TrainingOptions(), force: false, "w2s", RunServices.Silent);
}
