namespace W2S.Models;

/// <summary>
/// Sequences of tokens one after another, without padding. Sequence s is the tokens [Offsets[s], Offsets[s + 1]); its first
/// token, [CLS], has position 0.
/// </summary>
/// <param name="Tokens">Ids, [tokens].</param>
/// <param name="Offsets">[sequences + 1], rising from 0 to the number of tokens.</param>
/// <param name="Types">Segment of each token, [tokens]; null: all 0.</param>
public sealed record PackedTokens(int[] Tokens, int[] Offsets, byte[]? Types = null)
{
    /// <summary>Sequences one after another, all of segment 0.</summary>
    public static PackedTokens Of(IReadOnlyList<int[]> sequences)
    {
        var offsets = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++) offsets[i + 1] = checked(offsets[i] + sequences[i].Length);
        var tokens = new int[offsets[^1]];
        for (var i = 0; i < sequences.Count; i++) sequences[i].CopyTo(tokens, offsets[i]);
        return new PackedTokens(tokens, offsets);
    }

    /// <summary>How many there are.</summary>
    public int Sequences => Offsets.Length - 1;

    /// <summary>The number of tokens of sequence <paramref name="sequence"/>, [CLS] and [SEP] counted.</summary>
    public int Length(int sequence) => Offsets[sequence + 1] - Offsets[sequence];

    /// <summary>A copy of some sequences, in the order of <paramref name="sequences"/>: a batch of a corpus.</summary>
    public PackedTokens Pick(ReadOnlySpan<int> sequences)
    {
        var offsets = new int[sequences.Length + 1];
        for (var i = 0; i < sequences.Length; i++) offsets[i + 1] = checked(offsets[i] + Length(sequences[i]));
        var tokens = new int[offsets[^1]];
        var types = Types is null ? null : new byte[tokens.Length];
        for (var i = 0; i < sequences.Length; i++)
        {
            var (from, length) = (Offsets[sequences[i]], Length(sequences[i]));
            Tokens.AsSpan(from, length).CopyTo(tokens.AsSpan(offsets[i]));
            Types?.AsSpan(from, length).CopyTo(types.AsSpan(offsets[i]));
        }
        return new PackedTokens(tokens, offsets, types);
    }
}
