namespace W2S.Models;

/// <summary>What a Hugging Face folder holds of an encoder.</summary>
/// <param name="Vocabulary">Tokens in the order of their ids.</param>
public sealed record HuggingFaceEncoder(EncoderShape Shape, EncoderWeights Weights, IReadOnlyList<string> Vocabulary);
