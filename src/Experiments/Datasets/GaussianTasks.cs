using System.Numerics.Tensors;

namespace W2S.Experiments;

/// <summary>
/// The synthetic study's world (2405.15116, section 5.1): the true representation h*, the new tasks on it, Gaussian inputs
/// for every stage, and the pretraining tasks. Everything is a function of the settings alone, so panels of one seed share
/// h*, tasks and samples, and Figures 2b and 3a share their representations.
/// </summary>
public sealed class GaussianTasks : Dataset
{
    /// <summary>The name of this kind of data in a study.</summary>
    public const string DataName = "gaussian";

    private const int ScaleSamples = 2000;

    private readonly Study _study;
    private readonly IEngine _engine;
    private readonly Lazy<LinearHeads> _tasks;
    private readonly Link _link;

    public GaussianTasks(Study study, IEngine engine)
    {
        (_study, _engine, _link) = (study, engine, study.Objective.Create().Link);
        var shape = new MlpShape(study.InputWidth, study.Truth.Hidden, study.RepresentationWidth, study.Truth.Depth);
        TrueRepresentation = MlpWeights.Initialise(shape, new RandomStream(study.Seed, "truth"));
        _tasks = new(DrawTasks);
    }

    public override string Title => "Gaussian tasks";
    public override string Unit => "of no unit";
    public override string StreamPrefix => "";
    public override int LabelWidth => _study.Targets;
    public override IReadOnlyList<int> Cells => [.. Enumerable.Range(0, _study.Heads.Tasks)];
    public override int MostExamples => Math.Max(_study.Heads.Samples, _study.Evaluation.Samples);

    /// <summary>h*.</summary>
    public MlpWeights TrueRepresentation { get; }

    /// <summary>The M new tasks: random heads on h*, of one output, or of a logit for each class.</summary>
    public LinearHeads Tasks => _tasks.Value;

    public override Examples? Of(Part part, int first, int cells) => part switch
    {
        Part.Weak => Draw("weak", first, cells, _study.Heads.Samples),
        Part.Student => Draw(_study.Protocol == Protocol.Own ? "weak" : "student", first, cells, _study.Heads.Samples),
        Part.Evaluation => Draw("evaluation", first, cells, _study.Evaluation.Samples),
        Part.Valid => Draw("valid", first, cells, _study.Heads.Samples),
        Part.Misfit when _study.Evaluation.SeparateMisfitSample => Draw("misfit", first, cells, _study.Evaluation.Samples),
        _ => null,
    };

    public override int Count(Part part) => part switch
    {
        Part.Weak or Part.Student => _study.Heads.Samples,
        Part.Evaluation => _study.Evaluation.Samples,
        _ => 0,
    };

    /// <summary>f*(h*(x)), without noise: what the objective's link makes of the tasks' outputs; of classes, their softmax.</summary>
    public override Targets Truth(Examples examples)
    {
        var outputs = Tasks.Slice(examples.First, examples.Cells).Predict(
            _engine.Features(TrueRepresentation, ((Examples.OfInputs)examples).Inputs));
        var truth = Targets.Of(outputs);
        foreach (var row in Enumerable.Range(0, truth.Cells * truth.Samples))
        {
            var values = truth.Values.AsSpan(row * truth.Outputs, truth.Outputs);
            _link.Apply(values, values);
        }
        return truth;
    }

    /// <summary>The truth, or a class for each example, drawn from it.</summary>
    public override Targets Labels(Examples examples)
    {
        var truth = Truth(examples);
        if (truth.Outputs == 1 || _study.Classes.Labels == Study.LabelKind.Soft) return truth;
        var drawn = new Targets(truth.Cells, truth.Samples, truth.Outputs);
        for (var cell = 0; cell < truth.Cells; cell++)
        {
            var random = new RandomStream(_study.Seed, $"labels/{((Examples.OfInputs)examples).Name}", examples.First + cell);
            for (var sample = 0; sample < truth.Samples; sample++)
            {
                var probabilities = truth.Cell(cell).Slice(sample * truth.Outputs, truth.Outputs);
                var (chance, label) = (random.NextDouble(), 0);
                while (label < truth.Outputs - 1 && (chance -= probabilities[label]) >= 0) label++;
                drawn.Cell(cell)[sample * truth.Outputs + label] = 1;
            }
        }
        return drawn;
    }

    /// <summary>The shape of a pretrained representation.</summary>
    public MlpShape Shape(RepresentationOptions representation) =>
        new(_study.InputWidth, representation.Hidden, _study.RepresentationWidth, representation.Depth);

    /// <summary>h* with noise on its weights; weak and strong have noise of their own.</summary>
    public MlpWeights Perturbed(RepresentationOptions representation, string role) =>
        TrueRepresentation.Perturbed(representation.Noise, new RandomStream(_study.Seed, $"noise/{role}"), representation.NoiseOnBiases);

    /// <summary>
    /// Learning a representation from T tasks with known heads. The heads are affine even where the study's heads have a
    /// link: the paper does not say, and only the fit on frozen features is the subject there.
    /// </summary>
    public PretrainingProblem Pretraining(RepresentationOptions representation)
    {
        var (seed, pretraining, shape) = (_study.Seed, _study.Pretraining, Shape(representation));
        var heads = LinearHeads.Initialise(seed, "pretraining/heads", pretraining.Tasks, _study.RepresentationWidth, _study.Heads.Bias);
        var inputs = TaskSamples.Gaussian(
            seed, "pretraining/inputs", pretraining.Tasks, pretraining.Samples, _study.InputWidth, _study.Sigma);
        return new PretrainingProblem(
            $"representation {shape} (seed {seed})",
            MlpWeights.Initialise(shape, new RandomStream(seed, $"representation/{shape}")),
            inputs,
            heads.Predict(_engine.Features(TrueRepresentation, inputs)),
            heads,
            pretraining.Optimiser,
            seed,
            "pretraining/order");
    }

    /// <summary>
    /// Random heads. Those of classes are scaled, each task for itself, so that its logits have the standard deviation asked for
    /// on inputs that serve nothing else: a truth must be neither all chance nor all certain, and stays a head on h*.
    /// </summary>
    private LinearHeads DrawTasks()
    {
        var tasks = LinearHeads.Initialise(
            _study.Seed, "tasks", _study.Heads.Tasks, _study.RepresentationWidth, _study.Heads.Bias, _study.Targets);
        if (tasks.Outputs == 1) return tasks;
        for (var task = 0; task < tasks.Tasks; task++)
        {
            var features = _engine.Features(TrueRepresentation, Draw("scale", task, 1, ScaleSamples).Inputs);
            double[] logits = [.. tasks.Slice(task, 1).Predict(features).Values.Select(value => (double)value)];
            var scale = (float)(_study.Classes.LogitStd / TensorPrimitives.StdDev<double>(logits));
            TensorPrimitives.Multiply(tasks.Weight(task), scale, tasks.Weight(task));
            TensorPrimitives.Multiply(tasks.Bias(task), scale, tasks.Bias(task));
        }
        return tasks;
    }

    /// <summary>Fresh inputs, [cells, samples, input width]; every stream has samples of its own.</summary>
    private Examples.OfInputs Draw(string stream, int first, int cells, int samples) =>
        new(stream, first, TaskSamples.Gaussian(_study.Seed, $"inputs/{stream}", cells, samples, _study.InputWidth, _study.Sigma, first));
}
