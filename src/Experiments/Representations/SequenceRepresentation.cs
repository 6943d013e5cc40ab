namespace W2S.Experiments;

/// <summary>
/// A representation that reads molecules or texts as sequences of tokens: whatever computes it, its features are computed once, in
/// blocks that are kept, and take no more memory the more there are.
/// </summary>
internal abstract class SequenceRepresentation(RunServices run) : TableRepresentation
{
    protected sealed override float[] Clean(ILabelledTable table) => Of(table).ToArray();

    /// <param name="goesOn">Whether a pass that was stopped goes on where it stood.</param>
    private protected TableFeatures Computed(
        ILabelledTable table, TextParts parts, SequenceReader reader, FeatureCache.Place place, bool goesOn = true)
    {
        using var features = place.Begin(SequenceReader.Order(parts.Tokens), Width, goesOn);
        reader.ReadAll(parts.Tokens, features, Name, run, (rows, sequences) =>
            RequireFinite(rows, one => table.Describe(parts.TextOf(sequences[one]))));
        return features.Complete(parts.Offsets);
    }
}
