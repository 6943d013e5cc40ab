using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace W2S.Experiments;

/// <summary>A network on Gaussian inputs: pretrained, the truth h*, or h* with noise on its weights.</summary>
public sealed class MlpRepresentation(
    string name, string description, MlpWeights weights, IEngine engine, Origin? origin = null) : IRepresentation
{
    public string Name => name;
    public string Description => description;
    public int Width => weights.Shape.Outputs;
    public Origin Origin => origin ?? new Origin(Found: true);

    /// <summary>Of the frozen network.</summary>
    public MlpWeights Weights => weights;

    public string Digest => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(weights.Values.AsSpan())));

    /// <summary>The same network without its last blocks.</summary>
    internal MlpRepresentation Below(int blocks) =>
        new($"{name} below {blocks}", description, weights.Part(0, weights.Shape.Depth - blocks), engine, Origin);

    public TaskSamples Features(Examples examples) => engine.Features(weights, ((Examples.OfInputs)examples).Inputs);

    /// <summary>
    /// Everything that decides the weights of a pretrained representation: its identity, and the config.yaml of its folder.
    /// </summary>
    internal sealed record Settings
    {
        [Description("Seed of every random stream.")]
        public long Seed { get; init; }

        [Description("Width of an input x.")]
        public int InputWidth { get; init; }

        [Description("Standard deviation of every coordinate of x.")]
        public double Sigma { get; init; }

        [Description("The true representation h*.")]
        public Study.TruthOptions Truth { get; init; } = new();

        [Description("Width of the representation.")]
        public int RepresentationWidth { get; init; }

        [Description("Blocks of Linear + ReLU.")]
        public int Depth { get; init; }

        [Description("Width between the blocks.")]
        public int Hidden { get; init; }

        [Description("Whether the pretraining tasks' heads have a bias.")]
        public bool Bias { get; init; }

        [Description("How it is trained.")]
        public Study.PretrainingOptions Pretraining { get; init; } = new();

        [Description("What trains it; engines differ in the order of summation.")]
        public string Engine { get; init; } = "";

        public static Settings Of(Study options, RepresentationOptions representation, string engine) => new()
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
}
