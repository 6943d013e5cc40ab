using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>Everything that decides the weights of a pretrained representation: its identity, and the config.yaml of its folder.</summary>
internal sealed record MlpSettings
{
    [Description("Seed of every random stream.")]
    public long Seed { get; init; }

    [Description("Width of an input x.")]
    public int InputWidth { get; init; }

    [Description("Standard deviation of every coordinate of x.")]
    public double Sigma { get; init; }

    [Description("The true representation h*.")]
    public TruthOptions Truth { get; init; } = new();

    [Description("Width of the representation.")]
    public int RepresentationWidth { get; init; }

    [Description("Blocks of Linear + ReLU.")]
    public int Depth { get; init; }

    [Description("Width between the blocks.")]
    public int Hidden { get; init; }

    [Description("Whether the pretraining tasks' heads have a bias.")]
    public bool Bias { get; init; }

    [Description("How it is trained.")]
    public PretrainingOptions Pretraining { get; init; } = new();

    [Description("What trains it; engines differ in the order of summation.")]
    public string Engine { get; init; } = "";

    public static MlpSettings Of(Study options, RepresentationOptions representation, string engine) => new()
    {
        Seed = options.Seed,
        InputWidth = options.InputWidth,
        Sigma = options.Sigma,
        Truth = options.Truth,
        RepresentationWidth = options.RepresentationWidth,
        Depth = representation.Depth,
        Hidden = representation.Hidden,
        Bias = options.Heads.Bias,
        Pretraining = options.Pretraining,
        Engine = engine,
    };
}

/// <summary>The true representation: a randomly initialised ReLU MLP.</summary>
public sealed record TruthOptions
{
    [Description("Blocks of Linear + ReLU.")]
    [Range(1, 1000)]
    public int Depth { get; init; } = 5;

    [Description("Width between the blocks.")]
    [Range(1, 4096)]
    public int Hidden { get; init; } = 16;
}

/// <summary>How representations of Gaussian inputs are pretrained: on tasks whose heads are known.</summary>
public sealed record PretrainingOptions
{
    [Description("Number of pretraining tasks (T in the paper).")]
    [Range(1, 100_000)]
    public int Tasks { get; init; } = 10;

    [Description("Samples of each pretraining task (N_r in the paper).")]
    [Range(1, 10_000_000)]
    public int Samples { get; init; } = 2000;

    [Description("Optimiser and duration.")]
    public OptimiserOptions Optimiser { get; init; } = new();
}
