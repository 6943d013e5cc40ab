namespace W2S.Models;

/// <summary>How an encoder knows where a token stands.</summary>
public enum PositionEncoding
{
    /// <summary>Fixed: MolBERT's sine block, then its cosine block, sin(p·f_i) | cos(p·f_i) with f_i = 10000^(−2i/H), not interleaved.</summary>
    Sinusoidal,

    /// <summary>A trained table [MaximumLength, HiddenSize], as in BERT.</summary>
    Learned,
}

/// <summary>
/// The shape of a BERT encoder (Devlin et al., 2019): post-norm, GELU by erf, [CLS] pooled through a tanh layer. The names are
/// those of Hugging Face's BertConfig.
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

    public PositionEncoding Positions { get; init; } = PositionEncoding.Sinusoidal;

    /// <summary>Added to the variance in every LayerNorm.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>Width of one attention head.</summary>
    public int HeadSize => HiddenSize / Heads;

    public override string ToString() => $"{Layers} layers, {Heads} heads, hidden {HiddenSize}";
}
