using W2S.Data;
using W2S.Models;
using W2S.Runs;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Experiments;

public class WeakToStrongTests
{
    [Fact]
    public void Where_the_strong_representation_is_the_truth_gain_is_misfit()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of("2a", "heads.solver=exact", "heads.samples=2000", "evaluation.samples=2000").Run(folder["run"]).Single();
        Assert.All(panel.Cells, task =>
        {
            Assert.Equal(0, task.StrongError!.Value, 1e-4);
            Assert.InRange(task.Gain!.Value / task.Misfit!.Value, 0.75, 1.25);
        });
        Assert.InRange(panel.Cells.Sum(task => task.Gain!.Value) / panel.Cells.Sum(task => task.Misfit!.Value), 0.9, 1.1);
    }

    [Fact]
    public void A_student_on_the_weak_representation_itself_learns_the_weak_model()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of(
            "2b", "heads.solver=exact", "weak.source=pretrained", "strong.depth=2", "strong.hidden=16").Run(folder["run"]).Single();
        Assert.All(panel.Cells, task =>
        {
            Assert.InRange(task.Misfit!.Value, 0, 1e-4 * task.WeakError!.Value);
            Assert.Equal(task.WeakError!.Value, task.StudentError!.Value, 1e-2 * task.WeakError.Value);
        });
    }

    [Fact]
    public void A_representation_worse_than_its_teachers_loses_about_the_misfit()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of("3b", "heads.solver=exact", "heads.samples=2000", "evaluation.samples=2000").Run(folder["run"]).Single();
        Assert.All(panel.Cells, task => Assert.InRange(task.Gain!.Value, -1.5 * task.Misfit!.Value, 0));
    }

    [Fact]
    public void Both_representations_are_examined_by_name()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of("2a", "heads.solver=exact").Run(folder["run"]).Single();
        var (weak, strong) = (panel.Representations[0], panel.Representations[1]);
        Assert.Equal(("weak", "strong"), (weak.Role, strong.Role));
        Assert.StartsWith("pretrained 8-16-16", weak.Description, StringComparison.Ordinal);
        Assert.StartsWith("h* itself", strong.Description, StringComparison.Ordinal);
        Assert.True(weak.Loss > 0 && weak.Steps == 20 * 3 * 4);
        Assert.True(strong is { Loss: null, Steps: 0, Collapsed: false });
        Assert.Equal(1, strong.Explained!.Value, 1e-4);
    }

    [Fact]
    public void The_notebook_preset_differs_from_the_paper_in_its_samples_alone()
    {
        using var folder = new TemporaryFolder();
        var paper = SmallStudies.Of("2c").Run(folder["paper"]).Single();
        var notebook = SmallStudies.Of("2c", "protocol=own", "evaluation.separate_misfit_sample=true").Run(folder["notebook"]).Single();
        Assert.Equal(paper.Cells.Select(task => task.WeakError), notebook.Cells.Select(task => task.WeakError));
        Assert.NotEqual(paper.Cells.Select(task => task.StudentError), notebook.Cells.Select(task => task.StudentError));
        Assert.NotEqual(paper.Cells.Select(task => task.Misfit), notebook.Cells.Select(task => task.Misfit));
    }

    [Fact]
    public void A_misfit_sample_of_its_own_changes_the_misfit_and_no_error()
    {
        using var folder = new TemporaryFolder();
        var (shared, own) = (Cells("false"), Cells("true"));
        Assert.Equal(shared.Select(task => (task.WeakError, task.StudentError, task.StrongError)), own.Select(task => (task.WeakError, task.StudentError, task.StrongError)));
        Assert.All(shared.Zip(own), pair => Assert.NotEqual(pair.First.Misfit, pair.Second.Misfit));

        IReadOnlyList<CellResult> Cells(string separate) =>
            SmallStudies.Of("2c", "heads.solver=exact", $"evaluation.separate_misfit_sample={separate}").Run(folder[separate]).Single().Cells;
    }

    [Theory]
    [InlineData(Link.Tanh)]
    [InlineData(Link.Relu)]
    [InlineData(Link.Sigmoid)]
    public void Heads_with_a_link_label_and_learn_through_it(Link link)
    {
        using var folder = new TemporaryFolder();
        var setting = $"objective.squared.link={link.ToString().ToLowerInvariant()}";
        var panel = SmallStudies.Of("2c", setting, "sigma=5", "heads.optimiser.epochs=200").Run(folder["run"]).Single();
        Assert.All(panel.Cells, task => Assert.InRange(task.StrongError!.Value, 0, link == Link.Relu ? 5 : 1));
        Assert.True(panel.Cells.Average(task => task.StrongError!.Value) < panel.Cells.Average(task => task.WeakError!.Value) + 0.05);
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("exact")]
    [InlineData("ridge")]
    public void Blocks_of_cells_do_not_show_in_the_results(string solver)
    {
        var study = SmallStudies.Of("2c", $"heads.solver={solver}", "heads.tasks=7", "evaluation.separate_misfit_sample=true").Single();
        var whole = Compare(study, 7);
        foreach (var block in new[] { 1, 3 }) Assert.Equal(Fingerprint.Of(whole), Fingerprint.Of(Compare(study, block)));

        static IReadOnlyList<CellResult> Compare(Study study, int block)
        {
            var engine = Engines.Choose(study, 1);
            var representations = new Representations("nowhere", new DataFolders([]), new FeatureCache(null), 1, new TrainingOptions(), RunServices.Silent);
            var solver = HeadSolvers.Create(study, engine, 1, null, new TrainingOptions(), RunServices.Silent);
            return new Comparison(study, new GaussianTasks(study, engine), representations.Obtain(study, "weak", engine), representations.Obtain(study, "strong", engine), solver, RunServices.Silent)
                { BlockCells = block }.Run(Stages.All).Cells;
        }
    }
}
