using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>What an encoder says of few sequences, in memory.</summary>
internal static class FrozenEncoderReading
{
    public static PackedTokens Tokens(this FrozenEncoder encoder, IReadOnlyList<string> texts, string source) =>
        encoder.Parts(texts, source, FeatureOptions.LongTexts.Truncate).Tokens;

    /// <summary>[molecules, width], in the order of the table.</summary>
    public static float[] Of(this FrozenEncoder encoder, MoleculeData data, EncoderPooling pooling) =>
        encoder.Of(encoder.Text == null ? encoder.Tokens(data) : encoder.Tokens(data.Smiles, data.Source), pooling);

    /// <summary>[sequences, width].</summary>
    public static float[] Of(this FrozenEncoder encoder, PackedTokens tokens, EncoderPooling pooling)
    {
        using var reader = encoder.Reader(tokens, pooling);
        using var features = new PartialFeatures(null, encoder.Name, SequenceReader.Order(tokens), encoder.Width);
        reader.ReadAll(tokens, features, encoder.Name, encoder.Run);
        return features.Complete().ToArray();
    }
}
