using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// The synthetic study's world (2405.15116, section 5.1): the true representation h*, the new tasks on it, Gaussian inputs
/// for every stage, and the pretraining tasks. Everything is a function of the settings alone, so panels of one seed share
/// h*, tasks and samples, and Figures 2b and 3a share their representations.
/// </summary>
public sealed class GaussianTasks : Dataset
{
    public const string DataName = "gaussian";

    private readonly Study _study;
    private readonly IEngine _engine;

    public GaussianTasks(Study study, IEngine engine)
    {
        (_study, _engine) = (study, engine);
        var shape = new MlpShape(study.InputWidth, study.Truth.Hidden, study.RepresentationWidth, study.Truth.Depth);
        TrueRepresentation = MlpWeights.Initialise(shape, new RandomStream(study.Seed, "truth"));
        Tasks = LinearHeads.Initialise(study.Seed, "tasks", study.Heads.Tasks, study.RepresentationWidth, study.Heads.Bias, study.Heads.Activation);
    }

    public override string Name => DataName;
    public override string Title => "Gaussian tasks";
    public override string Unit => "of no unit";
    public override string StreamPrefix => "";
    public override IReadOnlyList<int> Cells => [.. Enumerable.Range(0, Tasks.Tasks)];
    public override int MostExamples => Math.Max(_study.Heads.Samples, _study.Evaluation.Samples);

    /// <summary>h*.</summary>
    public MlpWeights TrueRepresentation { get; }

    /// <summary>The M new tasks: random heads on h*.</summary>
    public LinearHeads Tasks { get; }

    public override Examples? Of(Part part, int first, int cells) => part switch
    {
        Part.Weak => Draw("weak", first, cells, _study.Heads.Samples),
        Part.Student => Draw(_study.Protocol == Protocol.Own ? "weak" : "student", first, cells, _study.Heads.Samples),
        Part.Evaluation => Draw("evaluation", first, cells, _study.Evaluation.Samples),
        Part.Misfit when _study.Evaluation.SeparateMisfitSample => Draw("misfit", first, cells, _study.Evaluation.Samples),
        _ => null,
    };

    public override int Count(Part part) => part switch
    {
        Part.Weak or Part.Student => _study.Heads.Samples,
        Part.Evaluation => _study.Evaluation.Samples,
        _ => 0,
    };

    /// <summary>f*(h*(x)), without noise.</summary>
    public override Targets Truth(Examples examples)
    {
        var tasks = new LinearHeads(examples.Cells, Tasks.Width, Tasks.HasBias, Tasks.Activation);
        Tasks.Weights.AsSpan(examples.First * Tasks.Width, tasks.Weights.Length).CopyTo(tasks.Weights);
        Tasks.Biases.AsSpan(examples.First, examples.Cells).CopyTo(tasks.Biases);
        return Targets.Of(tasks.Predict(_engine.Features(TrueRepresentation, ((InputExamples)examples).Inputs)));
    }

    /// <summary>The shape of a pretrained representation.</summary>
    public MlpShape Shape(RepresentationOptions representation) =>
        new(_study.InputWidth, representation.Hidden, _study.RepresentationWidth, representation.Depth);

    /// <summary>h* with noise on its weights; weak and strong have noise of their own.</summary>
    public MlpWeights Perturbed(RepresentationOptions representation, string role) =>
        TrueRepresentation.Perturbed(representation.Noise, new RandomStream(_study.Seed, $"noise/{role}"), representation.NoiseOnBiases);

    /// <summary>
    /// Learning a representation from T tasks with known heads. The heads are affine even where the study's heads have an
    /// activation: the paper does not say, and only the fit on frozen features is the subject there.
    /// </summary>
    public PretrainingProblem Pretraining(RepresentationOptions representation)
    {
        var (seed, pretraining, shape) = (_study.Seed, _study.Pretraining, Shape(representation));
        var heads = LinearHeads.Initialise(seed, "pretraining/heads", pretraining.Tasks, _study.RepresentationWidth, _study.Heads.Bias, HeadActivation.None);
        var inputs = GaussianInputs.Draw(seed, "pretraining/inputs", pretraining.Tasks, pretraining.Samples, _study.InputWidth, _study.Sigma);
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

    /// <summary>Fresh inputs, [cells, samples, input width]; every stream has samples of its own.</summary>
    private InputExamples Draw(string stream, int first, int cells, int samples) =>
        new(first, GaussianInputs.Draw(_study.Seed, $"inputs/{stream}", cells, samples, _study.InputWidth, _study.Sigma, first));
}
