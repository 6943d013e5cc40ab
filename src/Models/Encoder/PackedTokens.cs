namespace W2S.Models;

/// <summary>
/// Sequences of tokens one after another, without padding. Sequence s is the tokens [Offsets[s], Offsets[s + 1]); its first
/// token, [CLS], has position 0.
/// </summary>
/// <param name="Tokens">Ids, [tokens].</param>
/// <param name="Offsets">[sequences + 1], rising from 0 to the number of tokens.</param>
/// <param name="Types">Segment of each token, [tokens]; null: all 0.</param>
public sealed record PackedTokens(byte[] Tokens, int[] Offsets, byte[]? Types = null)
{
    public int Sequences => Offsets.Length - 1;

    /// <summary>The number of tokens of sequence <paramref name="sequence"/>, [CLS] and [SEP] counted.</summary>
    public int Length(int sequence) => Offsets[sequence + 1] - Offsets[sequence];
}
