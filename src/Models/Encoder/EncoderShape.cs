using System.Text.Json.Serialization;
using W2S.Data;

namespace W2S.Models;

/// <summary>How an encoder knows where a token stands.</summary>
public enum PositionEncoding
{
    /// <summary>
    /// Fixed: MolBERT's sine block, then its cosine block, sin(p·f_i) | cos(p·f_i) with f_i = 10000^(−2i/H), not interleaved.
    /// </summary>
    Sinusoidal,

    /// <summary>A trained table [MaximumLength, HiddenSize], as in BERT.</summary>
    Learned,
}

/// <summary>In which numbers an encoder's matrix products are computed; everything else, the parameters included, is single.</summary>
public enum EncoderPrecision
{
    /// <summary>float32.</summary>
    Single,

    /// <summary>bfloat16, as PyTorch's autocast does it: for GPUs whose tensor cores are many times faster with it.</summary>
    BFloat16,
}

/// <summary>
/// The shape of an encoder of the BERT family (Devlin et al., 2019): post-norm, GELU by erf, [CLS] pooled through a tanh layer.
/// The names are those of Hugging Face's BertConfig; what only its relatives have is off, and then no part of the JSON.
/// </summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="HiddenSize">Width of a token's vector, H; even, and a multiple of <paramref name="Heads"/>.</param>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Heads">Attention heads in each layer.</param>
public sealed record EncoderShape(int VocabularySize, int HiddenSize, int Layers, int Heads)
{
    /// <summary>Width between the two linear maps of a feed-forward block. BERT's 4·H unless told otherwise.</summary>
    public int IntermediateSize { get; init; } = 4 * HiddenSize;

    /// <summary>The longest sequence in tokens, [CLS] and [SEP] counted.</summary>
    public int MaximumLength { get; init; } = 128;

    /// <summary>Segments: the first and the second molecule of a pair.</summary>
    public int TokenTypes { get; init; } = 2;

    /// <summary>How it knows where a token stands.</summary>
    public PositionEncoding Positions { get; init; } = PositionEncoding.Sinusoidal;

    /// <summary>Added to the variance in every LayerNorm.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>ELECTRA's narrower embeddings, which a linear map widens to <see cref="HiddenSize"/>; 0: they have that width.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int EmbeddingSize { get; init; }

    /// <summary>
    /// MPNet's distances between tokens, in so many buckets, each with a number for every head that is added to the
    /// attention's logits; 0: none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int DistanceBuckets { get; init; }

    /// <summary>There is no tanh layer after [CLS], as in DistilBERT, ELECTRA and many sentence encoders.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WithoutPooler { get; init; }

    /// <summary>Width of the embeddings.</summary>
    [JsonIgnore]
    public int EmbeddingWidth => EmbeddingSize == 0 ? HiddenSize : EmbeddingSize;

    /// <summary>Whether only BERT's own parts are there: what the fused kernels compute.</summary>
    [JsonIgnore]
    public bool IsPlain => EmbeddingWidth == HiddenSize && DistanceBuckets == 0 && Layers > 0;

    /// <summary>Width of one attention head.</summary>
    public int HeadSize => HiddenSize / Heads;

    /// <summary>
    /// The fixed table behind <see cref="PositionEncoding.Sinusoidal"/>, [MaximumLength, EmbeddingWidth], row-major: sin(p·f_i) for
    /// all i, then cos(p·f_i); one definition for every engine and file.
    /// </summary>
    /// <remarks>
    /// The angle is rounded to float32 before its sine is taken, as MolBERT does: at position 127 that moves the sine by up to 4e-6.
    /// </remarks>
    internal float[] SinusoidalPositions()
    {
        var frequencies = InverseFrequencies(EmbeddingWidth);
        var table = new float[MaximumLength * EmbeddingWidth];
        for (var position = 0; position < MaximumLength; position++)
        {
            var row = table.AsSpan(position * EmbeddingWidth, EmbeddingWidth);
            for (var i = 0; i < frequencies.Length; i++)
            {
                var angle = (double)(position * frequencies[i]);
                row[i] = (float)Math.Sin(angle);
                row[frequencies.Length + i] = (float)Math.Cos(angle);
            }
        }
        return table;
    }

    /// <summary>f_i = 10000^(−2i/H), [hidden / 2], in float32: MolBERT's `inv_freq`, which its checkpoints hold.</summary>
    internal static float[] InverseFrequencies(int hidden) =>
        [.. Enumerable.Range(0, hidden / 2).Select(i => 1 / (float)Math.Pow(10_000.0, 2.0 * i / hidden))];

    /// <exception cref="ArgumentException">The numbers fit no encoder; all reasons are given.</exception>
    public void Validate()
    {
        if (Problem() is { } problem) throw new ArgumentException(problem);
    }

    /// <summary>Why the numbers fit no encoder, all reasons in a sentence; null: they do.</summary>
    internal string? Problem()
    {
        var problems = new List<string>();
        foreach (var (name, value) in new[]
        {
            ("vocabulary size", VocabularySize), ("hidden size", HiddenSize), ("number of heads", Heads),
            ("intermediate size", IntermediateSize), ("maximum length", MaximumLength), ("number of token types", TokenTypes),
        })
            if (value < 1) problems.Add($"the {name} is {value}, but must be at least 1");
        // An encoder of no layers is its embeddings.
        foreach (var (name, value) in new[]
        {
            ("number of layers", Layers), ("embedding size", EmbeddingSize), ("number of distance buckets", DistanceBuckets),
        })
            if (value < 0) problems.Add($"the {name} is {value}");
        if (Heads > 0 && HiddenSize % Heads != 0) problems.Add($"the hidden size {HiddenSize} is no multiple of the {Heads} heads");
        if (HiddenSize % 2 != 0) problems.Add($"the hidden size {HiddenSize} is odd");
        if (!(LayerNormEpsilon >= 0)) problems.Add($"the LayerNorm epsilon is {LayerNormEpsilon}");
        return problems.Count == 0 ? null : $"This is no shape of an encoder: {string.Join("; ", problems)}.";
    }

    public override string ToString() => $"{Counted.Of(Layers, "layer")}, {Counted.Of(Heads, "head")}, hidden {HiddenSize}";
}
