using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>
/// A network whose last blocks are no longer frozen: what is frozen are the features below them, and the blocks begin every fit as
/// they were. Heads that were fitted on it bring blocks of their own (<see cref="BlockHeads"/>).
/// </summary>
internal sealed class UnfrozenRepresentation : IRepresentation
{
    private readonly MlpRepresentation _whole;
    private readonly IRepresentation? _below;

    private UnfrozenRepresentation(MlpRepresentation whole, int blocks)
    {
        var depth = whole.Weights.Shape.Depth;
        (_whole, Blocks) = (whole, whole.Weights.Part(depth - blocks, blocks));
        _below = blocks == depth ? null : whole.Below(blocks);
    }

    /// <summary>Where the trainable blocks begin, from the features upwards.</summary>
    public MlpWeights Blocks { get; }

    public string Name => $"{_whole.Name}-{Blocks.Shape.Depth}";
    public string Description => $"{_whole.Description}, its last {Blocks.Shape.Depth} blocks trained with the heads";
    public int Width => Blocks.Shape.Inputs;
    public string Digest => _whole.Digest;
    public Origin Origin => _whole.Origin;

    /// <summary>The representation as a study's heads read it: itself, unless some of its blocks are to train.</summary>
    /// <param name="blocks">How many train with the heads.</param>
    /// <exception cref="UserErrorException">It has fewer blocks.</exception>
    public static IRepresentation? Of(IRepresentation? strong, int blocks)
    {
        if (blocks == 0 || strong is not MlpRepresentation whole) return strong;
        return blocks <= whole.Weights.Shape.Depth
            ? new UnfrozenRepresentation(whole, blocks)
            : throw new UserErrorException($"heads.trainable_blocks is {blocks}, and {whole.Description} has {whole.Weights.Shape.Depth} blocks: train at most these.");
    }

    /// <summary>Those below the blocks that train; the inputs where all do.</summary>
    public TaskSamples Features(Examples examples) => _below?.Features(examples) ?? ((InputExamples)examples).Inputs;
}
