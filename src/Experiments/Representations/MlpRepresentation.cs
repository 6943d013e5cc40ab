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

    public TaskSamples Features(Examples examples) => engine.Features(weights, ((InputExamples)examples).Inputs);
}
