using W2S.Models;

namespace W2S.Training;

/// <summary>Sequences with hidden tokens, and what was there.</summary>
/// <param name="Tokens">What the encoder sees.</param>
/// <param name="Positions">Rising places in <see cref="PackedTokens.Tokens"/> of the tokens to be predicted, [masked]. It may be empty.</param>
/// <param name="Labels">The tokens that were there, [masked].</param>
public sealed record MaskedTokens(PackedTokens Tokens, int[] Positions, byte[] Labels);
