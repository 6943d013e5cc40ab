using W2S.Models;

namespace W2S.Training;

/// <summary>Sequences with hidden tokens, and what was there.</summary>
/// <param name="Tokens">What the encoder sees.</param>
/// <param name="Positions">Rising places in <see cref="PackedTokens.Tokens"/> of the tokens to be predicted, [masked]. It may be empty.</param>
/// <param name="Labels">The tokens that were there, [masked].</param>
internal sealed record MaskedTokens(PackedTokens Tokens, int[] Positions, int[] Labels)
{
    /// <summary>The labels for an engine that takes one for each token, [tokens]: what was there, or −1 where it is not asked.</summary>
    public int[] LabelOfEachToken()
    {
        var labels = new int[Tokens.Tokens.Length];
        Array.Fill(labels, -1);
        for (var i = 0; i < Positions.Length; i++) labels[Positions[i]] = Labels[i];
        return labels;
    }
}
