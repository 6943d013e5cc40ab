using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// The last layers of an encoder, and its pooler, as a module of their own: what trains where an encoder is finetuned from some
/// layer up. Their parameters have the names that they have in the whole. There is no dropout.
/// </summary>
internal sealed class EncoderBlocks : nn.Module
{
    private readonly NamedParameters _weights;
    private readonly EncoderLayer[] _layers;

    /// <param name="shape">Of the whole encoder.</param>
    /// <param name="blocks">How many of its layers these are, at least 1.</param>
    /// <param name="weights">Those of <see cref="EncoderParameters.OfBlocks"/>; copied.</param>
    public EncoderBlocks(
        EncoderShape shape, int blocks, EncoderWeights weights, Device? device, EncoderPrecision precision = EncoderPrecision.Single)
        : base(nameof(EncoderBlocks))
    {
        _weights = new NamedParameters(weights, shape.LayerNormEpsilon, this, device, precision);
        _layers = [.. Enumerable.Range(shape.Layers - blocks, blocks).Select(layer =>
            new EncoderLayer(shape, _weights, $"encoder.layer.{layer}", dropoutRate: 0))];
    }

    /// <param name="vectors">[batch, length, hidden]: what the layers below give.</param>
    /// <param name="bias">Of <see cref="Encoder.AttentionBias"/>.</param>
    /// <returns>The last layer's vectors, [batch, length, hidden]; those of padding mean nothing.</returns>
    public Tensor Forward(Tensor vectors, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (sequences, length) = (vectors.shape[0], vectors.shape[1]);
        var rows = vectors.flatten(0, 1);
        foreach (var layer in _layers) rows = layer.Forward(rows, sequences, length, bias, training);
        return rows.view(vectors.shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Encoder.Pooled"/>
    public Tensor Pooled(Tensor vectors) => _weights.Pooled(vectors);

    /// <summary>A copy of the parameters in main memory.</summary>
    public EncoderWeights ToWeights() => _weights.ToWeights();
}
