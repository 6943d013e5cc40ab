using W2S.Data;
using W2S.Runs;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Experiments;

/// <summary>Studies whose labels are probabilities of classes.</summary>
public class ClassStudyTests
{
    /// <summary>The law of cross-entropy: exact on the examples that the student was fitted on, where the truth is a head on its features.</summary>
    [Fact]
    public void On_the_students_own_examples_gain_is_misfit_where_the_truth_is_a_head()
    {
        var study = Small("strong.source=truth", "strong.noise=0", "heads.samples=400").Single();
        var (comparison, outcome) = Compare(study, study.Heads.Tasks);
        var examples = comparison.Data.Of(Dataset.Part.Student, 0, study.Heads.Tasks)!;
        var (truth, objective) = (comparison.Data.Truth(examples), new CrossEntropy());
        var (teacher, student) = (Predicted(Stages.Weak, comparison.Weak!), Predicted(Stages.Student, comparison.Strong!));
        var (weak, own, misfit) = (Errors.Of(objective.Error, teacher, truth), Errors.Of(objective.Error, student, truth), Errors.Of(objective.Misfit, student, teacher));
        for (var task = 0; task < study.Heads.Tasks; task++)
        {
            Assert.True(misfit[task] > 0.001);
            Assert.Equal(misfit[task], weak[task] - own[task], 1e-6);
        }

        Targets Predicted(string stage, IRepresentation representation) =>
            objective.Predict(outcome.Fits.Single(fit => fit.Stage == stage).Solved.Heads.Outputs(representation.Features(examples)), study.Targets);
    }

    [Fact]
    public void Students_are_right_more_often_than_their_teachers_and_worse_calibrated()
    {
        var cells = Compare(Small("strong.source=truth", "strong.noise=0", "heads.samples=1000", "evaluation.samples=2000").Single(), 6).Outcome.Cells;
        Assert.True(Mean("student_accuracy") > Mean("weak_accuracy") + 0.01);
        Assert.True(Mean("student_ece") > Mean("weak_ece") + 0.01);
        Assert.InRange(cells.Sum(cell => cell.Gain!.Value) / cells.Sum(cell => cell.Misfit!.Value), 0.85, 1.1);
        Assert.All(cells, cell => Assert.InRange(cell.StrongError!.Value, 0, 1e-9));

        double Mean(string measure) => cells.Average(cell => cell.Measure(measure)!.Value);
    }

    [Fact]
    public void The_true_logits_have_the_spread_asked_for()
    {
        foreach (var spread in new[] { 0.1, 2 })
        {
            var study = Small($"classes.logit_std={spread}", "evaluation.samples=2000").Single();
            var data = new GaussianTasks(study, Engines.Choose(study, 1));
            var examples = data.Of(Dataset.Part.Evaluation, 2, 1)!;
            double[] logits = [.. data.Truth(examples).Values.Select(probability => Math.Log(probability))];
            // Less what all classes of an example have in common, which the softmax takes out.
            var common = logits.Chunk(study.Targets).SelectMany(row => row.Select(logit => logit - row.Average())).ToArray();
            Assert.InRange(Math.Sqrt(common.Average(logit => logit * logit)), 0.5 * spread, 1.2 * spread);
        }
    }

    /// <summary>Drawn classes and noise spoil heads on any representation: only a head that saw the truth accuses one.</summary>
    [Theory]
    [InlineData(false, "classes.labels=hard", "label_noise.share=0.5")]
    [InlineData(false, "label_noise.share=0.6", "label_noise.alpha=-0.25")]
    [InlineData(true, "weak.noise=20")]
    public void What_noisy_labels_leave_unexplained_is_no_collapse_of_the_representation(bool hasCollapsed, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        var weak = Small(settings).Run(folder["run"])[0].Representations.Single(one => one.Role == Stages.Weak);
        Assert.True(weak.Explained < FeatureHealth.ExplainsTooLittle && weak.EffectiveRank > FeatureHealth.OneDirection);
        Assert.Equal(hasCollapsed, weak.Collapsed);
    }

    [Fact]
    public void Hard_labels_are_drawn_from_the_truth_and_errors_are_measured_on_it()
    {
        var study = Small("classes.labels=hard", "heads.samples=4000").Single();
        var data = new GaussianTasks(study, Engines.Choose(study, 1));
        var examples = data.Of(Dataset.Part.Weak, 1, 2)!;
        var (truth, labels) = (data.Truth(examples), data.Labels(examples));
        Assert.All(labels.Values.Chunk(study.Targets), row => Assert.Equal([0, 0, 0, 0, 1], row.Order()));
        for (var label = 0; label < study.Targets; label++)
            Assert.Equal(Mean(truth.Cell(1), label), Mean(labels.Cell(1), label), 0.03);
        Assert.Equal(labels.Cell(1).ToArray(), data.Labels(data.Of(Dataset.Part.Weak, 2, 1)!).Cell(0).ToArray());
        Assert.All(Compare(study, 6).Outcome.Cells, cell => Assert.InRange(cell.StrongError!.Value, 1e-4, 0.2));

        double Mean(Span<double> values, int label)
        {
            var sum = 0.0;
            for (var place = label; place < values.Length; place += study.Targets) sum += values[place];
            return sum * study.Targets / values.Length;
        }
    }

    [Fact]
    public void Blocks_of_cells_do_not_show_in_the_results()
    {
        var study = Small("evaluation.separate_misfit_sample=true").Single();
        var whole = Fingerprint.Of(Compare(study, 6).Outcome.Cells);
        foreach (var block in new[] { 1, 4 }) Assert.Equal(whole, Fingerprint.Of(Compare(study, block).Outcome.Cells));
    }

    public static TheoryData<string> Objectives => [.. ObjectiveKind.All.Select(kind => kind.Name).Except(["squared"])];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Gradient_descent_fits_every_objective(string objective)
    {
        var (early, late) = (Weak(1), Weak(60));
        Assert.True(late < early, $"{early} → {late}");

        // Adam's steps of 0.01 are large beside features of hundreds.
        double Weak(int epochs) => Compare(
            Small($"objective.name={objective}", "heads.solver=adamw", $"heads.optimiser.epochs={epochs}", "sigma=5", "heads.tasks=2").Single(), 2).Outcome.Cells.Average(cell => cell.WeakError!.Value);
    }

    [Theory]
    [InlineData("cross-entropy", "")]
    [InlineData("brier", ", heads: torch (cpu)")] // which the kernels do not have
    public void A_result_names_what_fitted_its_heads(string objective, string others)
    {
        var study = Small($"objective.name={objective}", "heads.solver=adamw", "heads.optimiser.epochs=1", "heads.tasks=2").Single();
        var (kernels, (comparison, outcome)) = (Engines.Choose(study, 1).Name, Compare(study, 2));
        Assert.Equal(kernels + others, comparison.Result(outcome, kernels, seconds: 1).Engine);
    }

    [Fact]
    public void Gradient_descent_comes_near_the_exact_heads()
    {
        var (exact, descended) = (Error("heads.solver=newton"), Error("heads.solver=adamw", "heads.optimiser.epochs=600"));
        Assert.Equal(exact, descended, 0.1 * exact);

        double Error(params string[] solver) => Compare(Small([.. solver, "heads.samples=1000"]).Single(), 6).Outcome.Cells.Average(cell => cell.StudentError!.Value);
    }

    [Fact]
    public void Every_run_says_what_was_fitted()
    {
        using var folder = new TemporaryFolder();
        Small("heads.tasks=2").Run(folder["run"]);
        Assert.All(File.ReadLines(folder["run/rows.csv"]).Skip(1), row => Assert.Contains(",cross-entropy,", row));
        Assert.Contains("student_accuracy", File.ReadLines(folder["run/rows.csv"]).First());
    }

    [Theory]
    [InlineData("did you mean cross-entropy", "objective.name=crossentropy")]
    [InlineData("take adamw, or newton", "heads.solver=exact")]
    [InlineData("Newton's method fits cross-entropy", "objective.name=brier")]
    [InlineData("objective.window have no effect on cross-entropy", "objective.window.radius=0.3")]
    [InlineData("objective.squared have no effect on cross-entropy", "objective.squared.link=tanh", "heads.solver=adamw")]
    [InlineData("the objective is squared", "data=esol", "protocol=train")]
    [InlineData("use --engine auto or torch", "objective.name=brier", "heads.solver=adamw", "engine=fused")]
    public void What_does_not_go_together_is_refused(string part, params string[] assignments) =>
        Assert.Contains(part, Assert.Throws<UserErrorException>(() => Small(assignments)).Message);

    private static IReadOnlyList<Study> Small(params string[] assignments) => SmallStudies.Of("kl2c", assignments);

    private static (Comparison Comparison, Comparison.Outcome Outcome) Compare(Study study, int block)
    {
        var engine = Engines.Choose(study, 1);
        var representations = new Representations("nowhere", new DataFolders([]), new FeatureCache(null), 1, new TrainingOptions(), RunServices.Silent);
        var solver = HeadSolvers.Create(study, engine, 1, null, new TrainingOptions(), RunServices.Silent);
        var comparison = new Comparison(study, new GaussianTasks(study, engine), representations.Obtain(study, "weak", engine), representations.Obtain(study, "strong", engine), solver, RunServices.Silent)
            { BlockCells = block };
        return (comparison, comparison.Run(Stages.All));
    }
}
