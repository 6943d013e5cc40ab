using W2S.Data;

namespace W2S.Models.Tests;

/// <summary>Encoders and tokens that leave nothing at a value that would hide a mistake.</summary>
internal static class EncoderExamples
{
    public static readonly EncoderShape Small = new(VocabularySize: 42, HiddenSize: 16, Layers: 2, Heads: 2) { IntermediateSize = 32 };

    /// <summary>Every parameter is random: biases are not 0 and LayerNorms not 1.</summary>
    public static EncoderWeights Weights(IReadOnlyList<EncoderParameter> parameters, long seed = 1, double deviation = 0.2)
    {
        var (weights, random) = (new EncoderWeights(parameters), new RandomStream(seed, "weights"));
        foreach (ref var value in weights.Values.AsSpan()) value = (float)(deviation * random.NextNormal());
        foreach (var parameter in parameters.Where(parameter => parameter.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal)))
            foreach (ref var value in weights[parameter.Name]) value += 1;
        return weights;
    }

    public static EncoderWeights Weights(EncoderShape shape, long seed = 1) => Weights(EncoderParameter.OfEncoder(shape), seed);

    /// <summary>Sequences of the given lengths, in two segments each.</summary>
    public static PackedTokens Tokens(EncoderShape shape, params int[] lengths)
    {
        var random = new RandomStream(lengths.Length, "tokens");
        var offsets = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++) offsets[i + 1] = offsets[i] + lengths[i];
        var (ids, types) = (new int[offsets[^1]], new byte[offsets[^1]]);
        for (var i = 0; i < ids.Length; i++)
            (ids[i], types[i]) = (random.NextInt(shape.VocabularySize), (byte)random.NextInt(shape.TokenTypes));
        return new PackedTokens(ids, offsets, types);
    }
}
