using W2S.Data;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Fits that end in the best state that they passed, and fits that train the last blocks of a representation too.</summary>
[Collection(Alone.Name)]
public class EarlyStoppingTests
{
    private static readonly string[] Overfitting =
        ["heads.samples=60", "heads.optimiser.epochs=60", "heads.optimiser.batch=20", "heads.optimiser.learning_rate=0.02"];

    [Fact]
    public void What_is_held_out_is_not_fitted_and_nothing_is_lost()
    {
        var study = SmallStudies.Of("2c", "heads.tasks=2").Single();
        var rows = new TaskSamples(2, 50, 1, [.. Enumerable.Range(0, 100).Select(row => (float)row)]);
        var fit = new HeadFit(Stages.Weak, new GaussianTasks(study, Engines.Choose(study, 1)), 0, rows, Targets.Of(rows), Draws: 1);
        var (fitted, heldOut) = new HeadOptions.EarlyStoppingOptions { HeldOut = 0.2 }.Divide(fit, rows, seed: 0);
        Assert.Equal((40, 10), (fitted.Samples, heldOut.Samples));
        for (var cell = 0; cell < 2; cell++)
            Assert.Equal(rows.Task(cell).ToArray(), fitted.Task(cell).ToArray().Concat(heldOut.Task(cell).ToArray()).Order());
        Assert.NotEqual(heldOut.Task(0).ToArray(), heldOut.Task(1).ToArray().Select(row => row - 50));
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("misfit")]
    public void A_study_that_stops_early_is_never_worse_on_held_out_labels_and_runs_to_the_same_bits(string criterion)
    {
        using var folder = new TemporaryFolder();
        string[] settings =
            ["objective.name=cross-entropy", "heads.samples=60", "heads.optimiser.epochs=60", "heads.optimiser.batch=20",
            "heads.optimiser.learning_rate=0.02", "classes.labels=hard"];
        var whole = SmallStudies.Of("2c", settings).Run(folder["whole"]);
        var stopped = SmallStudies.Of("2c", [.. settings, $"heads.early_stopping.criterion={criterion}"]).Run(folder["stopped"]);
        var again = SmallStudies.Of("2c", [.. settings, $"heads.early_stopping.criterion={criterion}"]).Run(folder["again"], threads: 2);
        Assert.Equal(stopped.Text(), again.Text());
        Assert.True(stopped[0].Cells.Average(cell => cell.Measure("weak_cross_entropy")) < whole[0].Cells.Average(cell =>
            cell.Measure("weak_cross_entropy")));
    }

    [Theory]
    [InlineData("objective.name=cross-entropy")]
    [InlineData("heads.standardise=true")]
    public void Where_the_labels_are_true_ones_the_truth_stops_a_fit_when_the_loss_does(string setting)
    {
        PanelResult Stopped(string criterion)
        {
            using var folder = new TemporaryFolder();
            return SmallStudies.Of("2c", [setting, .. Overfitting, $"heads.early_stopping.criterion={criterion}"]).Run(folder["run"])[0];
        }
        var (byLoss, byTruth) = (Stopped("loss"), Stopped("truth"));
        Assert.Equal(byLoss.Cells.Select(cell => (cell.WeakError, cell.StrongError)), byTruth.Cells.Select(cell => (cell.WeakError, cell.StrongError)));
    }

    [Fact]
    public void True_labels_stop_a_student_of_hard_weak_labels_before_it_has_learnt_its_teachers_mistakes()
    {
        using var folder = new TemporaryFolder();
        double Error(string criterion) =>
            SmallStudies.Of("2c", ["objective.name=cross-entropy", "weak_labels.hard=true", .. Overfitting, $"heads.early_stopping.criterion={criterion}"])
                .Run(folder[criterion])[0].Cells.Average(cell => cell.Measure("student_cross_entropy"))!.Value;
        Assert.True(Error("truth") < Error("loss"));
    }

    [Fact]
    public void With_patience_fits_end_before_their_last_epoch()
    {
        using var folder = new TemporaryFolder();
        string[] settings =
            ["objective.name=cross-entropy", "heads.samples=60", "heads.optimiser.epochs=100", "heads.optimiser.batch=20",
            "heads.optimiser.learning_rate=0.5", "classes.labels=hard", "heads.early_stopping.criterion=loss"];
        long Steps(int patience)
        {
            var services = RunServices.Silent;
            var steps = 0L;
            SmallStudies.Of("2c", [.. settings, $"heads.early_stopping.patience={patience}"])
                .Run(folder[$"{patience}"], run: services with { Callbacks = new TrainingCallbacks { OnEnd = at => steps += at.Step } });
            return steps;
        }
        Assert.Equal(900, Steps(0)); // three fits of 100 epochs of 3 batches
        Assert.InRange(Steps(1), 90, 600);
    }

    [Fact]
    public void Blocks_that_train_bring_the_student_nearer_to_its_weak_labels_than_a_head_alone()
    {
        using var folder = new TemporaryFolder();
        string[] settings =
            ["objective.name=cross-entropy", "heads.samples=100", "heads.optimiser.epochs=60", "heads.optimiser.batch=50",
            "heads.optimiser.learning_rate=0.005", "protocol=own"];
        double Agreement(int blocks) =>
            SmallStudies.Of("2c", [.. settings, $"heads.trainable_blocks={blocks}"]).Run(folder[$"{blocks}"])[0].Cells.Average(cell =>
                cell.Measure("agreement"))!.Value;
        Assert.True(Agreement(5) > Agreement(0));
    }

    [Fact]
    public void Fitted_blocks_come_back_from_their_file()
    {
        using var folder = new TemporaryFolder();
        var study = SmallStudies.Of("2c", "heads.trainable_blocks=2").Single();
        var engine = Engines.Choose(study, 1);
        var representations =
            new Representations(folder["mlps"], new DataFolders(["."]), new FeatureCache(null), 1, new TrainingOptions(),
            RunServices.Silent);
        var solver = HeadSolvers.Create(study, engine, 1, null, new TrainingOptions(), RunServices.Silent);
        var comparison =
            new Comparison(study, new GaussianTasks(study, engine), representations.Obtain(study, "weak", engine),
            representations.Obtain(study, "strong", engine), solver, RunServices.Silent);
        var fits = comparison.Run(Stages.All).Fits;
        Directory.CreateDirectory(folder["run"]);
        HeadFile.Write(folder["run"], fits);
        var student = fits.Single(fit => fit.Stage == Stages.Student).Solved.Heads;
        var read = HeadFile.Read(folder["run"], Stages.Student, study.HasHeadBias);
        Assert.IsType<MlpBlockHeads>(read);
        var features = comparison.Strong!.Features(comparison.Data.Of(Dataset.Part.Evaluation, 0, study.Heads.Tasks)!);
        Assert.Equal(student.Outputs(features).Values, read.Outputs(features).Values);
        var second = new TaskSamples(1, features.Samples, features.Width, features.Task(1).ToArray());
        Assert.Equal(read.Outputs(features).Cell(1).ToArray(), read.Slice(1, 1).Outputs(second).Values);
    }

    [Fact]
    public void More_blocks_than_there_are_are_refused() => Assert.Contains(
        "train at most these",
            Assert.Throws<UserErrorException>(() =>
            SmallStudies.Of("2c", "heads.trainable_blocks=6").Run(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()))).Message);
}
