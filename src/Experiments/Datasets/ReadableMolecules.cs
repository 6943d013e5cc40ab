namespace W2S.Experiments;

/// <summary>
/// What all encoders of a study can read of somebody's own molecules. Representations are compared on the same rows, so what one
/// of them cannot read is left out for all, counted and listed.
/// </summary>
internal static class ReadableMolecules
{
    /// <summary>The list of those that are left out, in a run's folder.</summary>
    public const string RejectedFile = "rejected.csv";

    private const int ShownProblems = 5;

    /// <param name="representations">Of the study, as its settings name them; stored features read no molecules.</param>
    /// <param name="strict">Whether a molecule that cannot be read is an error.</param>
    /// <exception cref="UserErrorException">A molecule is refused, none is left, or an encoder is absent or damaged.</exception>
    public static MoleculeData Of(MoleculeData molecules, IEnumerable<RepresentationOptions> representations, bool strict, RunServices run)
    {
        var reasons = new SortedDictionary<int, string>();
        // Encoders with one tokenizer and one greatest length read the same molecules.
        var different = representations.SelectMany(Encoders).DistinctBy(one => (one.Tokenizer, FrozenEncoderTokens.Longest(one.Shape)));
        foreach (var (encoder, name, shape) in different)
        {
            var tokenizer = MoleculeTokenizers.Find(name);
            foreach (var (row, why) in FrozenEncoderTokens.Problems(molecules, tokenizer, shape, encoder, run.Stop.ThrowIfSet))
                reasons.TryAdd(row, why);
        }
        if (reasons.Count == molecules.Table.Count)
            throw new UserErrorException($"No molecule of {molecules.Table.Source} can be read. {molecules.Table.Place(0)}: {reasons[0]}");
        var readable = molecules.Without(reasons);
        if (readable.Rejected is not [var first, ..]) return readable;
        if (strict) throw new UserErrorException(Refusal(readable));
        run.Log.Warning("{Rejected:N0} of {Count:N0} molecules of {Title} cannot be read and are left out; {File} has all. The first, "
            + "line {Line}: {Reason}",
            readable.Rejected.Count, molecules.Rejected.Count + molecules.Table.Count, readable.Title, RejectedFile, first.Line,
            first.Reason);
        return readable;
    }

    private static string Refusal(MoleculeData readable)
    {
        var shown = readable.Rejected.Take(ShownProblems).Select(row => $"line {row.Line}: {row.Reason}");
        var more = readable.Rejected.Count > ShownProblems ? $"\n  and {readable.Rejected.Count - ShownProblems} more" : "";
        return $"{readable.Table.Source} has {readable.Rejected.Count} of {readable.Rejected.Count + readable.Table.Count} molecules "
            + $"that cannot be read:\n  {string.Join("\n  ", shown)}{more}\n"
            + "Correct or remove them, or leave --strict out: they are then left out and listed.";
    }

    private static IEnumerable<(string Name, string Tokenizer, EncoderShape Shape)> Encoders(RepresentationOptions options)
    {
        if (options.From.Count == 0)
        {
            var settings = options.Encoder;
            if (settings.ReadsTexts) return [];
            return [("the encoder", settings.Tokenizer, settings.Shape(MoleculeTokenizers.Find(settings.Tokenizer).VocabularySize))];
        }
        // Text tokenizers and ONNX models read whatever is written.
        return options.From.Where(reference => !SavedRepresentations.IsFeatures(reference) && !BagOfWords.IsOne(reference) && !EncoderReference.Parse(reference).IsOnnx)
            .Select(FrozenEncoders.Load).Where(encoder => encoder.Text == null)
            .Select(encoder => (encoder.Name, encoder.Tokenizer, encoder.Shape));
    }
}
