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
    private readonly Layer[] _layers;
    private readonly Tensor? _positions;
    private readonly double _dropout;

    /// <param name="weights">Those of <see cref="EncoderParameter.OfEncoder"/>; copied.</param>
    /// <param name="dropout">
    /// Acts while <see cref="nn.Module.training"/>, which it does until eval() is called. Its chance comes from libtorch's generator.
    /// </param>
    /// <exception cref="ArgumentException">The shape is impossible, or the weights are of another one.</exception>
    public Encoder(
        EncoderShape shape, EncoderWeights weights, double dropout = 0, Device? device = null,
        EncoderPrecision precision = EncoderPrecision.Single) : base(nameof(Encoder))
    {
        shape.Validate();
        weights.MustHave(EncoderParameter.OfEncoder(shape));
        (Shape, _dropout) = (shape, dropout);
        _weights = new NamedParameters(weights, shape.LayerNormEpsilon, this, device, precision);
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(layer =>
            new Layer(shape, _weights, $"encoder.layer.{layer}", dropout))];
        if (shape.Positions == PositionEncoding.Sinusoidal)
            _positions = tensor(shape.SinusoidalPositions(), [shape.MaximumLength, shape.EmbeddingWidth], device: device)
                .DetachFromDisposeScope();
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
        var types = _weights[EncoderParameter.TypeEmbeddings];
        var positions = _positions ?? _weights[EncoderParameter.PositionEmbeddings];
        var sum = Rows(_weights[EncoderParameter.WordEmbeddings], batch.Ids)
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
        var distances = Rows(_weights[EncoderParameter.DistanceBias], buckets).permute(2, 0, 1).unsqueeze(0);
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

    /// <summary>
    /// The last layers of an encoder, and its pooler, as a module of their own: what trains where an encoder is finetuned from some
    /// layer up. Their parameters have the names that they have in the whole. There is no dropout.
    /// </summary>
    internal sealed class Blocks : nn.Module
    {
        private readonly NamedParameters _weights;
        private readonly Layer[] _layers;

        /// <param name="shape">Of the whole encoder.</param>
        /// <param name="blocks">How many of its layers these are, at least 1.</param>
        /// <param name="weights">Those of <see cref="EncoderParameter.OfBlocks"/>; copied.</param>
        public Blocks(
            EncoderShape shape, int blocks, EncoderWeights weights, Device? device, EncoderPrecision precision = EncoderPrecision.Single)
            : base(nameof(Blocks))
        {
            _weights = new NamedParameters(weights, shape.LayerNormEpsilon, this, device, precision);
            _layers = [.. Enumerable.Range(shape.Layers - blocks, blocks).Select(layer =>
                new Layer(shape, _weights, $"encoder.layer.{layer}", dropoutRate: 0))];
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

    /// <summary>One post-norm transformer layer: LayerNorm(x + attention(x)), then LayerNorm(x + feed-forward(x)).</summary>
    /// <param name="prefix">"encoder.layer.0"</param>
    private sealed class Layer(EncoderShape shape, NamedParameters parameters, string prefix, double dropoutRate)
    {
        /// <param name="vectors">[batch · length, hidden]</param>
        /// <param name="bias">Of <see cref="TokenBatch.AttentionBias"/>.</param>
        /// <returns>[batch · length, hidden]</returns>
        public Tensor Forward(Tensor vectors, long sequences, long length, Tensor? bias, bool training)
        {
            using var scope = NewDisposeScope();
            var attended = Linear("attention.output.dense", Attend(vectors, sequences, length, bias, training));
            var between = Norm("attention.output.LayerNorm", vectors.Plus(Dropout(attended, training)));
            var forwarded = Linear("output.dense", gelu(Linear("intermediate.dense", between)));
            return Norm("output.LayerNorm", between.Plus(Dropout(forwarded, training))).MoveToOuterDisposeScope();
        }

        private Tensor Attend(Tensor vectors, long sequences, long length, Tensor? bias, bool training)
        {
            using var scope = NewDisposeScope();
            var (query, key) = (Linear("attention.self.query", vectors), Linear("attention.self.key", vectors));
            var value = Linear("attention.self.value", vectors);
            // What only reads has the operator for the whole, which never holds all logits; training keeps the sum of products whose
            // gradients are the same ones each time.
            var isRead = !is_grad_enabled() && !(training && dropoutRate > 0) && parameters.Precision == EncoderPrecision.Single;
            var attended = isRead ? scaled_dot_product_attention(Heads(query), Heads(key), Heads(value), bias!)
                : Composed(Heads(query.Times(1 / Math.Sqrt(shape.HeadSize))), Heads(key), Heads(value), bias, training);
            return attended.transpose(1, 2).reshape(sequences * length, shape.HiddenSize).MoveToOuterDisposeScope();

            // [batch · length, hidden] → [batch, heads, length, head size]
            Tensor Heads(Tensor mapped) => mapped.view(sequences, length, shape.Heads, shape.HeadSize).transpose(1, 2);
        }

        /// <summary>The same by products and a softmax, dropout between them: [batch, heads, length, head size].</summary>
        /// <param name="query">Scaled.</param>
        private Tensor Composed(Tensor query, Tensor key, Tensor value, Tensor? bias, bool training)
        {
            var (sequences, length) = (query.shape[0], query.shape[2]);
            var logits = parameters.Product(Flat(query), Flat(key).transpose(1, 2));
            if (bias is not null) logits = logits.view(sequences, shape.Heads, length, length).Plus(bias).view(-1, length, length);
            return parameters.Product(Dropout(logits.softmax(-1), training), Flat(value))
                .view(sequences, shape.Heads, length, shape.HeadSize);

            // [batch · heads, length, head size]
            Tensor Flat(Tensor heads) => heads.reshape(-1, length, shape.HeadSize);
        }

        private Tensor Linear(string name, Tensor input) => parameters.Linear($"{prefix}.{name}", input);

        private Tensor Norm(string name, Tensor input) => parameters.Norm($"{prefix}.{name}", input);

        private Tensor Dropout(Tensor input, bool training) => training && dropoutRate > 0 ? dropout(input, dropoutRate) : input;
    }
}
