namespace W2S.Experiments;

/// <summary>Texts as the sequences of an encoder: one each, or as many as a long one needs.</summary>
/// <param name="Offsets">[texts + 1]: text t is the sequences [Offsets[t], Offsets[t + 1]), in their order.</param>
/// <param name="Long">Texts that are longer than the encoder reads.</param>
internal sealed record TextParts(PackedTokens Tokens, int[] Offsets, int Long)
{
    private const int AtOnce = 1024;

    /// <param name="maximumLength">Tokens of a sequence, special ones counted.</param>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static TextParts Of(
        IReadOnlyList<string> texts, TextTokenizer tokenizer, int maximumLength, FeatureOptions.LongTexts longTexts, RunServices run)
    {
        var started = run.Time.GetTimestamp();
        IProgressDisplay.IItem? progress = null;
        var (sequences, offsets, tooLong) = (new List<int[]>(texts.Count), new int[texts.Count + 1], 0);
        for (var first = 0; first < texts.Count; first += AtOnce)
        {
            run.Stop.ThrowIfSet();
            var encoded = new IReadOnlyList<int[]>[Math.Min(AtOnce, texts.Count - first)];
            Parallel.For(0, encoded.Length, text =>
            {
                var truncated = 0;
                encoded[text] = longTexts == FeatureOptions.LongTexts.Split
                    ? tokenizer.EncodeParts(texts[first + text], maximumLength)
                    : [tokenizer.Encode(texts[first + text], maximumLength, out truncated)];
                if (truncated > 0 || encoded[text].Count > 1) Interlocked.Increment(ref tooLong);
            });
            foreach (var (text, parts) in encoded.Index())
            {
                sequences.AddRange(parts);
                offsets[first + text + 1] = sequences.Count;
            }
            // Texts enough to show it.
            if (run.Time.GetElapsedTime(started).TotalSeconds > 1) progress ??= run.Progress.Begin("tokens", "texts", texts.Count, first);
            progress?.Report(first + encoded.Length);
        }
        progress?.Dispose();
        return new TextParts(PackedTokens.Of(sequences), offsets, tooLong);
    }

    /// <summary>Of each example one sequence.</summary>
    public static TextParts OfOne(PackedTokens tokens) => new(tokens, [.. Enumerable.Range(0, tokens.Sequences + 1)], 0);

    /// <summary>The text that a sequence is of.</summary>
    public int TextOf(int sequence) => Array.BinarySearch(Offsets, sequence) is var place && place >= 0 ? place : ~place - 1;
}
