using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>Texts as the sequences of an encoder: one each, or as many as a long one needs.</summary>
/// <param name="Offsets">[texts + 1]: text t is the sequences [Offsets[t], Offsets[t + 1]), in their order.</param>
/// <param name="Long">Texts that are longer than the encoder reads.</param>
internal sealed record TextParts(PackedTokens Tokens, int[] Offsets, int Long)
{
    /// <param name="maximumLength">Tokens of a sequence, special ones counted.</param>
    public static TextParts Of(IReadOnlyList<string> texts, TextTokenizer tokenizer, int maximumLength, LongTexts longTexts)
    {
        var (encoded, tooLong) = (new IReadOnlyList<int[]>[texts.Count], 0);
        Parallel.For(0, texts.Count, text =>
        {
            var truncated = 0;
            encoded[text] = longTexts == LongTexts.Split
                ? tokenizer.EncodeParts(texts[text], maximumLength)
                : [tokenizer.Encode(texts[text], maximumLength, out truncated)];
            if (truncated > 0 || encoded[text].Count > 1) Interlocked.Increment(ref tooLong);
        });
        var offsets = new int[texts.Count + 1];
        for (var text = 0; text < encoded.Length; text++) offsets[text + 1] = offsets[text] + encoded[text].Count;
        return new TextParts(PackedTokens.Of([.. encoded.SelectMany(parts => parts)]), offsets, tooLong);
    }

    /// <summary>Of each example one sequence.</summary>
    public static TextParts OfOne(PackedTokens tokens) => new(tokens, [.. Enumerable.Range(0, tokens.Sequences + 1)], 0);

    /// <summary>[texts, width]: the mean of a text's parts.</summary>
    /// <param name="features">[sequences, width].</param>
    public float[] Averaged(float[] features, int width)
    {
        var texts = Offsets.Length - 1;
        if (Tokens.Sequences == texts) return features;
        var averaged = new float[texts * width];
        for (var text = 0; text < texts; text++)
        {
            var mean = averaged.AsSpan(text * width, width);
            var parts = Offsets[text + 1] - Offsets[text];
            for (var part = Offsets[text]; part < Offsets[text + 1]; part++)
                for (var column = 0; column < width; column++) mean[column] += features[part * width + column];
            foreach (ref var value in mean) value /= parts;
        }
        return averaged;
    }
}
