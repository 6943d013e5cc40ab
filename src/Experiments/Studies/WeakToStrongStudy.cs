using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// The three stages and the evaluation of one panel for one seed, as in 2405.15116, section 5.1. Representations come in
/// frozen; only heads are fitted here. Features are computed once per sample.
/// </summary>
public sealed class WeakToStrongStudy(StudyOptions options, IEngine engine, HeadStages stages)
{
    private readonly SyntheticWorld _world = new(options, engine);
    private TaskSamples? _studentInputs;
    private (Representation Of, TaskSamples Features)? _strongFeatures;

    /// <summary>Stage 1, weak: heads on the weak representation, on true labels.</summary>
    public LinearHeads FitWeak(Representation weak)
    {
        var inputs = Inputs("weak");
        return stages.Fit("weak", engine.Features(weak.Weights, inputs), _world.TrueLabels(inputs));
    }

    /// <summary>Stage 2, weak-to-strong: heads on the strong representation, on what the weak model says about the student's inputs.</summary>
    public LinearHeads FitStudent(Representation weak, LinearHeads weakHeads, Representation strong)
    {
        var inputs = StudentInputs();
        var weakLabels = weakHeads.Predict(engine.Features(weak.Weights, inputs));
        return stages.Fit("student", StrongFeatures(strong), weakLabels);
    }

    /// <summary>
    /// Stage 3, strong: the ceiling. It sees the student's inputs, so that the two differ in nothing but the labels (our
    /// choice: the paper does not report a ceiling).
    /// </summary>
    public LinearHeads FitStrong(Representation strong)
    {
        return stages.Fit("strong", StrongFeatures(strong), _world.TrueLabels(StudentInputs()));
    }

    /// <summary>Every stage in order, then the evaluation.</summary>
    public StageMeasures Run(Representation weak, Representation strong)
    {
        var weakHeads = FitWeak(weak);
        var studentHeads = FitStudent(weak, weakHeads, strong);
        var strongHeads = FitStrong(strong);
        return Measure(weak, weakHeads, strong, studentHeads, strongHeads);
    }

    /// <summary>The errors of whatever was fitted, and the misfit where there is a student, on a fresh sample of every task.</summary>
    public StageMeasures Measure(
        Representation? weak, LinearHeads? weakHeads, Representation? strong = null, LinearHeads? studentHeads = null, LinearHeads? strongHeads = null)
    {
        var inputs = _world.Inputs("evaluation", options.Evaluation.Samples);
        var truth = _world.TrueLabels(inputs);
        var weakFeatures = weak == null ? null : engine.Features(weak.Weights, inputs);
        var strongFeatures = strong == null ? null : engine.Features(strong.Weights, inputs);

        var weakSays = Says(weakHeads, weakFeatures);
        var studentSays = Says(studentHeads, strongFeatures);
        var strongSays = Says(strongHeads, strongFeatures);
        return new StageMeasures(Errors(weakSays), Errors(studentSays), Errors(strongSays), Misfits(), [.. Examined()]);

        TaskSamples? Says(LinearHeads? heads, TaskSamples? features) => heads == null || features == null ? null : heads.Predict(features);

        double[]? Errors(TaskSamples? predictions) => predictions == null ? null : Evaluation.Distance(predictions, truth);

        double[]? Misfits()
        {
            if (weakSays == null || studentSays == null) return null;
            if (!options.Evaluation.SeparateMisfitSample) return Evaluation.Distance(studentSays, weakSays);
            var own = _world.Inputs("misfit", options.Evaluation.Samples);
            return Evaluation.Distance(
                studentHeads!.Predict(engine.Features(strong!.Weights, own)), weakHeads!.Predict(engine.Features(weak!.Weights, own)));
        }

        // A representation is judged by what heads on it explain that were fitted on true labels.
        IEnumerable<RepresentationResult> Examined()
        {
            if (weak != null && weakFeatures != null) yield return weak.Examined("weak", weakFeatures, Explained(weakSays));
            if (strong != null && strongFeatures != null) yield return strong.Examined("strong", strongFeatures, Explained(strongSays));
        }

        double? Explained(TaskSamples? predictions) => predictions == null ? null : ExplainedVariance.Of(predictions, truth);
    }

    /// <summary>The inputs that the weak model labels: fresh ones (paper), or the ones that it was fitted on (notebook).</summary>
    private TaskSamples StudentInputs() => _studentInputs ??= Inputs(options.Evaluation.FreshWeakLabels ? "student" : "weak");

    /// <summary>The strong features of the student's inputs, on which the student and the ceiling are fitted.</summary>
    private TaskSamples StrongFeatures(Representation strong)
    {
        if (_strongFeatures?.Of != strong) _strongFeatures = (strong, engine.Features(strong.Weights, StudentInputs()));
        return _strongFeatures.Value.Features;
    }

    private TaskSamples Inputs(string stage) => _world.Inputs(stage, options.Heads.Samples);
}

/// <summary>What an evaluation found: errors by task, null for what was not fitted.</summary>
public sealed record StageMeasures(
    double[]? WeakErrors, double[]? StudentErrors, double[]? StrongErrors, double[]? Misfits, IReadOnlyList<RepresentationResult> Representations)
{
    /// <summary>One row a task; needs all three stages.</summary>
    public IReadOnlyList<TaskResult> Tasks =>
        [.. Enumerable.Range(0, WeakErrors!.Length).Select(task => new TaskResult(task, WeakErrors[task], StudentErrors![task], StrongErrors![task], Misfits![task]))];
}
