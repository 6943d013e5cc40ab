using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// What is given in the synthetic study (2405.15116, section 5.1): the true representation h*, the new tasks on it, the
/// inputs of every stage, and the pretraining tasks. Everything is a function of the options alone, so panels of one seed
/// share h*, tasks and samples, and Figures 2b and 3a share their representations.
/// </summary>
public sealed class SyntheticWorld
{
    private readonly StudyOptions _options;
    private readonly IEngine _engine;

    public SyntheticWorld(StudyOptions options, IEngine engine)
    {
        (_options, _engine) = (options, engine);
        var shape = new MlpShape(options.InputWidth, options.Truth.Hidden, options.RepresentationWidth, options.Truth.Depth);
        Truth = MlpWeights.Initialise(shape, new RandomStream(options.Seed, "truth"));
        Tasks = LinearHeads.Initialise(
            options.Seed, "tasks", options.Heads.Tasks, options.RepresentationWidth, options.Heads.Bias, options.Heads.Activation);
    }

    /// <summary>h*.</summary>
    public MlpWeights Truth { get; }

    /// <summary>The M new tasks: random heads on h*.</summary>
    public LinearHeads Tasks { get; }

    /// <summary>Fresh inputs for a stage: [M, samples, input width]. Every stage name has samples of its own.</summary>
    public TaskSamples Inputs(string stage, int samples) =>
        GaussianInputs.Draw(_options.Seed, $"inputs/{stage}", _options.Heads.Tasks, samples, _options.InputWidth, _options.Sigma);

    /// <summary>The true labels f*(h*(x)), without noise: [M, samples, 1].</summary>
    public TaskSamples TrueLabels(TaskSamples inputs) => Tasks.Predict(_engine.Features(Truth, inputs));

    /// <summary>The shape of a pretrained representation.</summary>
    public MlpShape Shape(RepresentationOptions representation) =>
        new(_options.InputWidth, representation.Hidden, _options.RepresentationWidth, representation.Depth);

    /// <summary>h* with noise on its weights; weak and strong have noise of their own.</summary>
    public MlpWeights Perturbed(RepresentationOptions representation, string role) =>
        Truth.Perturbed(representation.Noise, new RandomStream(_options.Seed, $"noise/{role}"), representation.NoiseOnBiases);

    /// <summary>
    /// Learning a representation from T tasks with known heads. The heads are affine even where the study's heads have an
    /// activation: the paper does not say, and only the fit on frozen features is the subject there.
    /// </summary>
    public PretrainingProblem Pretraining(RepresentationOptions representation)
    {
        var (seed, pretraining, shape) = (_options.Seed, _options.Pretraining, Shape(representation));
        var heads = LinearHeads.Initialise(
            seed, "pretraining/heads", pretraining.Tasks, _options.RepresentationWidth, _options.Heads.Bias, HeadActivation.None);
        var inputs = GaussianInputs.Draw(seed, "pretraining/inputs", pretraining.Tasks, pretraining.Samples, _options.InputWidth, _options.Sigma);
        return new PretrainingProblem(
            $"representation {shape} (seed {seed})",
            MlpWeights.Initialise(shape, new RandomStream(seed, $"representation/{shape}")),
            inputs,
            heads.Predict(_engine.Features(Truth, inputs)),
            heads,
            pretraining.Optimiser,
            seed,
            "pretraining/order");
    }
}
