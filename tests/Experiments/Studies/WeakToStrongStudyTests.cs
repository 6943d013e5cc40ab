using W2S.Models;

namespace W2S.Experiments;

public class WeakToStrongStudyTests
{
    [Fact]
    public void Where_the_strong_representation_is_the_truth_gain_is_misfit()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of("2a", "heads.solver=exact", "heads.samples=2000", "evaluation.samples=2000").Run(folder["run"]).Single();
        Assert.All(panel.Tasks, task =>
        {
            Assert.Equal(0, task.StrongError, 1e-4);
            Assert.InRange(task.Gain / task.Misfit, 0.75, 1.25);
        });
        Assert.InRange(panel.Tasks.Sum(task => task.Gain) / panel.Tasks.Sum(task => task.Misfit), 0.9, 1.1);
    }

    [Fact]
    public void A_student_on_the_weak_representation_itself_learns_the_weak_model()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of(
            "2b", "heads.solver=exact", "weak.source=pretrained", "strong.depth=2", "strong.hidden=16").Run(folder["run"]).Single();
        Assert.All(panel.Tasks, task =>
        {
            Assert.InRange(task.Misfit, 0, 1e-4 * task.WeakError);
            Assert.Equal(task.WeakError, task.StudentError, 1e-2 * task.WeakError);
        });
    }

    [Fact]
    public void A_representation_worse_than_its_teachers_loses_about_the_misfit()
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of("3b", "heads.solver=exact", "heads.samples=2000", "evaluation.samples=2000").Run(folder["run"]).Single();
        Assert.All(panel.Tasks, task => Assert.InRange(task.Gain, -1.5 * task.Misfit, 0));
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
        var notebook = SmallStudies.Of("2c", "evaluation.fresh_weak_labels=false", "evaluation.separate_misfit_sample=true").Run(folder["notebook"]).Single();
        Assert.Equal(paper.Tasks.Select(task => task.WeakError), notebook.Tasks.Select(task => task.WeakError));
        Assert.NotEqual(paper.Tasks.Select(task => task.StudentError), notebook.Tasks.Select(task => task.StudentError));
        Assert.NotEqual(paper.Tasks.Select(task => task.Misfit), notebook.Tasks.Select(task => task.Misfit));
    }

    [Theory]
    [InlineData(HeadActivation.Tanh)]
    [InlineData(HeadActivation.Relu)]
    [InlineData(HeadActivation.Sigmoid)]
    public void Heads_with_an_activation_label_and_learn_through_it(HeadActivation activation)
    {
        using var folder = new TemporaryFolder();
        var panel = SmallStudies.Of("2c", $"heads.activation={activation.ToString().ToLowerInvariant()}", "sigma=5", "heads.optimiser.epochs=200").Run(folder["run"]).Single();
        Assert.All(panel.Tasks, task => Assert.InRange(task.StrongError, 0, activation == HeadActivation.Relu ? 5 : 1));
        Assert.True(panel.Tasks.Average(task => task.StrongError) < panel.Tasks.Average(task => task.WeakError) + 0.05);
    }
}
