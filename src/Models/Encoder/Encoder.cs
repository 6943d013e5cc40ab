using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Models;

/// <summary>
/// An encoder of the BERT family as a TorchSharp module, [batch, length] tokens → [batch, length, hidden] vectors, its parameters named as
/// in Hugging Face's BertModel. Padding changes no token's vector.
/// </summary>
/// <remarks>
/// Where no gradient is wanted, attention is libtorch's operator for the whole; else it is composed of products and a softmax.
/// </remarks>
public sealed class Encoder : nn.Module<TokenBatch, Tensor>
{
    /// <summary>The dropout that BERT and MolBERT pretrain with, in the embeddings, the attention and both blocks of a layer.</summary>
    public const double BertDropout = 0.1;

    private const int FarthestDistance = 128;

    private readonly NamedParameters _weights;
    private readonly EncoderLayer[] _layers;
    private readonly Tensor? _positions;
    private readonly double _dropout;

    /// <param name="weights">Those of <see cref="EncoderParameters.OfEncoder"/>; copied.</param>
    /// <param name="dropout">
    /// Acts while <see cref="nn.Module.training"/>, which it does until eval() is called. Its chance comes from libtorch's generator.
    /// </param>
    /// <exception cref="ArgumentException">The shape is impossible, or the weights are of another one.</exception>
    public Encoder(
        EncoderShape shape, EncoderWeights weights, double dropout = 0, Device? device = null,
        EncoderPrecision precision = EncoderPrecision.Single) : base(nameof(Encoder))
    {
        shape.Validate();
        weights.MustHave(EncoderParameters.OfEncoder(shape));
        (Shape, _dropout) = (shape, dropout);
        _weights = new NamedParameters(weights, shape.LayerNormEpsilon, this, device, precision);
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(layer =>
            new EncoderLayer(shape, _weights, $"encoder.layer.{layer}", dropout))];
        if (shape.Positions == PositionEncoding.Sinusoidal)
        {
            var table = SinusoidalPositions.Table(shape.MaximumLength, shape.EmbeddingWidth);
            _positions = tensor(table, [shape.MaximumLength, shape.EmbeddingWidth], device: device).DetachFromDisposeScope();
        }
    }

    /// <summary>Of the encoder, pooler included.</summary>
    public EncoderShape Shape { get; }

    /// <summary>Where its parameters are.</summary>
    public Device Device => _weights.Device;

    /// <returns>The last layer's vectors, [batch, length, hidden]; those of padding mean nothing.</returns>
    /// <exception cref="ArgumentException">
    /// A sequence is longer than <see cref="EncoderShape.MaximumLength"/>, or an id is not in the vocabulary.
    /// </exception>
    public override Tensor forward(TokenBatch batch)
    {
        if (batch.Length > Shape.MaximumLength)
            throw new ArgumentException(
                $"A sequence has {batch.Length} tokens; this encoder reads at most {Shape.MaximumLength}.", nameof(batch));
        // On CUDA an index out of range would end the process's use of the device, so it is caught before.
        if (batch.LargestId >= Shape.VocabularySize)
            throw new ArgumentException(
                $"The token {batch.LargestId} is not in this encoder's vocabulary of {Shape.VocabularySize}.", nameof(batch));
        using var scope = NewDisposeScope();
        var bias = AttentionBias(batch);
        var vectors = Embed(batch);
        foreach (var layer in _layers)
        {
            var next = layer.Forward(vectors, batch.Sequences, batch.Length, bias, training);
            vectors.Dispose();
            vectors = next;
        }
        return vectors.view(batch.Sequences, batch.Length, Shape.HiddenSize).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// tanh of a linear map of each sequence's first vector, that of [CLS]: [batch, length, hidden] → [batch, hidden]. An encoder
    /// <see cref="EncoderShape.WithoutPooler"/> has none.
    /// </summary>
    public Tensor Pooled(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        return _weights.Pooled(vectors).MoveToOuterDisposeScope();
    }

    /// <summary>A copy of the parameters in main memory.</summary>
    public EncoderWeights ToWeights() => _weights.ToWeights();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _positions?.Dispose();
        base.Dispose(disposing);
    }

    // [batch · length, hidden]
    private Tensor Embed(TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        var types = _weights[EncoderParameters.TypeEmbeddings];
        var positions = _positions ?? _weights[EncoderParameters.PositionEmbeddings];
        var sum = Rows(_weights[EncoderParameters.WordEmbeddings], batch.Ids)
            .Plus(batch.Types is null ? types.select(0, 0) : Rows(types, batch.Types))
            .Plus(positions.narrow(0, 0, batch.Length));
        var normed = _weights.Norm("embeddings.LayerNorm", sum);
        var embedded = (training && _dropout > 0 ? dropout(normed, _dropout) : normed).view(-1, Shape.EmbeddingWidth);
        if (Shape.EmbeddingWidth != Shape.HiddenSize) embedded = _weights.Linear("embeddings_project", embedded);
        return embedded.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What is added to the attention's logits in every layer, to be broadcast to [batch, heads, length, length]; null: nothing.
    /// </summary>
    internal Tensor? AttentionBias(TokenBatch batch)
    {
        var padding = batch.AttentionBias();
        if (Shape.DistanceBuckets == 0) return padding;
        using var scope = NewDisposeScope();
        var buckets = tensor(DistanceBuckets((int)batch.Length, Shape.DistanceBuckets), [batch.Length, batch.Length], device: Device);
        var distances = Rows(_weights[EncoderParameters.DistanceBias], buckets).permute(2, 0, 1).unsqueeze(0);
        return (padding is null ? distances : distances.Plus(padding)).MoveToOuterDisposeScope();
    }

    // Rows that are taken several times have their gradients added in a fixed order: on CUDA by indexing alone; on the CPU, where
    // indexing lets threads race from 32,768 numbers on, by index_select alone.
    private static Tensor Rows(Tensor table, Tensor numbers) => table.device_type == DeviceType.CPU
        ? table.index_select(0, numbers.flatten()).view([.. numbers.shape, table.shape[1]])
        : table[TensorIndex.Tensor(numbers)];

    /// <summary>
    /// The buckets of distances between tokens that MPNet (Song et al., 2020) took from T5 (Raffel et al., 2020): half of them for
    /// what comes after a token; of each half, half for single distances, the rest growing with their logarithm up to 128.
    /// </summary>
    /// <returns>[length, length]: for each token, the bucket of every token's distance from it.</returns>
    private static long[] DistanceBuckets(int length, int buckets)
    {
        var table = new long[length * length];
        for (var from = 0; from < length; from++)
        for (var to = 0; to < length; to++)
            table[from * length + to] = Bucket(to - from, buckets);
        return table;
    }

    private static int Bucket(int distance, int buckets)
    {
        var (half, size) = (buckets / 2, Math.Abs(distance));
        var single = half / 2;
        // In float32 as PyTorch has it: a distance at a bucket's edge depends on it.
        var share = MathF.Log((float)size / single) / MathF.Log((float)((double)FarthestDistance / single));
        var bucket = size < single ? size : Math.Min(half - 1, single + (int)(share * (half - single)));
        return distance > 0 ? half + bucket : bucket;
    }
}
