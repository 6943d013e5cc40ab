using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>Sequences of tokens on a device, padded at their ends to the longest of them.</summary>
/// <remarks>Its tensors belong to the dispose scope in which it was made.</remarks>
public sealed class TokenBatch
{
    /// <param name="ids">int64, [batch, length]; what stands in the padding is never looked at, but must be an id.</param>
    /// <param name="types">Segments, int64, [batch, length]; null: all 0.</param>
    /// <param name="mask">bool, [batch, length], true for tokens, of which each row has at least one; null: there is no padding.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public TokenBatch(Tensor ids, Tensor? types = null, Tensor? mask = null)
    {
        if (ids.dim() != 2) throw new ArgumentException($"Ids are [batch, length], not [{string.Join(", ", ids.shape)}].", nameof(ids));
        foreach (var other in new[] { types, mask })
            if (other is not null && !other.shape.AsSpan().SequenceEqual(ids.shape))
                throw new ArgumentException(
                    $"Ids are [{string.Join(", ", ids.shape)}], but types or mask [{string.Join(", ", other.shape)}].");
        (Ids, Types, Mask) = (ids, types, mask);
    }

    /// <summary>[batch, length], int64.</summary>
    public Tensor Ids { get; }

    /// <summary>[batch, length], int64: the segment of each token; null: all 0.</summary>
    public Tensor? Types { get; }

    /// <summary>[batch, length]: false for padding; null: there is none.</summary>
    public Tensor? Mask { get; }

    /// <summary>Rows of the batch.</summary>
    public long Sequences => Ids.shape[0];

    /// <summary>Of the longest sequence.</summary>
    public long Length => Ids.shape[1];

    /// <summary>The largest id, where known without asking the device.</summary>
    internal long? LargestId { get; private init; }

    /// <summary>All sequences of <paramref name="tokens"/>, in their order.</summary>
    /// <exception cref="ArgumentException">There is no sequence, or one has no token.</exception>
    public static TokenBatch Of(PackedTokens tokens, Device? device = null)
    {
        if (tokens.Sequences == 0) throw new ArgumentException("A batch needs a sequence.", nameof(tokens));
        var lengths = Enumerable.Range(0, tokens.Sequences).Select(tokens.Length).ToArray();
        if (Array.IndexOf(lengths, 0) is >= 0 and var empty) throw new ArgumentException($"Sequence {empty} has no token.", nameof(tokens));
        long[] shape = [tokens.Sequences, lengths.Max()];
        var (ids, types) = (new long[shape[0] * shape[1]], new long[shape[0] * shape[1]]);
        var mask = new bool[ids.Length];
        for (var sequence = 0; sequence < tokens.Sequences; sequence++)
        for (var position = 0; position < lengths[sequence]; position++)
        {
            var (padded, packed) = (sequence * shape[1] + position, tokens.Offsets[sequence] + position);
            (ids[padded], types[padded], mask[padded]) = (tokens.Tokens[packed], tokens.Types?[packed] ?? 0, true);
        }
        return new TokenBatch(
            tensor(ids, shape, device: device),
            tokens.Types is null ? null : tensor(types, shape, device: device),
            Array.IndexOf(mask, false) < 0 ? null : tensor(mask, device: device).view(shape))
        {
            LargestId = tokens.Tokens.Max(),
        };
    }

    /// <summary>
    /// The vectors of the tokens alone, [batch, length, width] → [tokens, width], in the order of <see cref="PackedTokens"/>.
    /// </summary>
    public Tensor Packed(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        var rows = vectors.flatten(0, 1);
        if (Mask is not null) rows = rows.index_select(0, Mask.flatten().nonzero().squeeze(1));
        return rows.MoveToOuterDisposeScope();
    }

    /// <summary>The mean of each sequence's token vectors, [batch, length, width] → [batch, width]; padding does not count.</summary>
    public Tensor Mean(Tensor vectors)
    {
        if (Mask is null) return vectors.mean([1]);
        using var scope = NewDisposeScope();
        var weights = Mask.to(vectors.dtype).unsqueeze(2);
        return (vectors * weights).sum(1).div(weights.sum(1)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The greatest of each column over each sequence's tokens, [batch, length, width] → [batch, width]; padding does not
    /// count.
    /// </summary>
    public Tensor Max(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        var counted = Mask is null ? vectors : vectors.masked_fill(Mask.logical_not().unsqueeze(2), Held.Of(double.NegativeInfinity));
        return counted.amax([1]).MoveToOuterDisposeScope();
    }

    /// <summary>A sequence's vectors as one, [batch, length, hidden] → [batch, hidden]; padding does not count.</summary>
    /// <param name="pooler">The tanh layer over [CLS] of whichever module the vectors come from.</param>
    internal Tensor Pool(Tensor vectors, EncoderPooling pooling, Func<Tensor, Tensor> pooler) => pooling switch
    {
        EncoderPooling.Pooled => pooler(vectors),
        EncoderPooling.Cls => vectors.select(1, 0),
        EncoderPooling.Max => Max(vectors),
        _ => Mean(vectors),
    };

    /// <summary>
    /// [batch, 1, 1, length]: 0 for tokens, −∞ for padding, to be added to the logits of attention; null without padding.
    /// </summary>
    internal Tensor? AttentionBias()
    {
        if (Mask is null) return null;
        using var scope = NewDisposeScope();
        return zeros(Mask.shape, device: Mask.device)
            .masked_fill(Mask.logical_not(), Held.Of(double.NegativeInfinity))
            .view(Sequences, 1, 1, Length).MoveToOuterDisposeScope();
    }
}

/// <summary>How a sequence's tokens become one vector.</summary>
public enum EncoderPooling
{
    /// <summary>tanh of a linear map of the first token, [CLS].</summary>
    Pooled,

    /// <summary>The mean over all tokens of the sequence, [CLS] and [SEP] included.</summary>
    Mean,

    /// <summary>The first token's vector, as it is.</summary>
    Cls,

    /// <summary>The greatest of each column over all tokens of the sequence.</summary>
    Max,
}
