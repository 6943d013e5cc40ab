namespace W2S.Experiments;

/// <summary>A representation that reads the rows of a table, all of them at once; cells take the rows that are theirs.</summary>
public abstract class TableRepresentation : IRepresentation
{
    private readonly Lock _gate = new();
    private (TableFeatures.Taken Features, int Draws)? _fitted;

    public abstract string Name { get; }
    public virtual string Description => Name;
    public abstract int Width { get; }
    public abstract string Digest { get; }
    public virtual Origin Origin => new(Found: true);

    public virtual TaskSamples Features(Examples examples) => Rows(examples).ToSamples();

    public virtual FeatureRows Rows(Examples examples)
    {
        var rows = (Examples.OfTable)examples;
        return new TableFeatures.Taken(Name, [Of(rows.Table)], rows);
    }

    /// <summary>
    /// Those of the newest examples are kept: a student is taught by one weak model after the other on the same rows, and a
    /// solver that knows the features again need not factorise them again.
    /// </summary>
    public (FeatureRows Features, int Draws) FittingFeatures(Examples examples)
    {
        var rows = (Examples.OfTable)examples;
        lock (_gate)
        {
            if (_fitted is { } kept && kept.Features.AreOf(rows)) return kept;
            var draws = DrawsOf(rows.Table);
            var fitted = (new TableFeatures.Taken(Name, draws.Count == 0 ? [Of(rows.Table)] : draws, rows), Math.Max(1, draws.Count));
            _fitted = fitted;
            return fitted;
        }
    }

    /// <summary>How many of its last blocks could train together with heads: an encoder's layers.</summary>
    internal virtual int Blocks => 0;

    /// <summary>What its last blocks train on over the rows of a table.</summary>
    /// <param name="blocks">1 to <see cref="Blocks"/>.</param>
    internal virtual UnfrozenEncoder Unfrozen(ILabelledTable table, int blocks, EncoderPrecision precision) =>
        throw new NotSupportedException($"{Name} has no blocks to train.");

    /// <summary>[rows, width], row-major; the same bits each time.</summary>
    /// <exception cref="UserErrorException">A row cannot be read.</exception>
    protected abstract float[] Clean(ILabelledTable table);

    /// <summary>The features of a table, which need not be in memory.</summary>
    private protected virtual TableFeatures Of(ILabelledTable table) => TableFeatures.InMemory(Clean(table), Width);

    /// <summary>Draws that heads are fitted on; none: they are fitted on clean features.</summary>
    private protected virtual IReadOnlyList<TableFeatures> DrawsOf(ILabelledTable table) => [];

    /// <summary>
    /// What reads sequences of tokens says of them: computed once, in blocks that are kept, in no more memory the more there are.
    /// </summary>
    /// <param name="goesOn">Whether a pass that was stopped goes on where it stood.</param>
    private protected TableFeatures Computed(
        ILabelledTable table, TextParts parts, SequenceReader reader, FeatureCache.Place place, RunServices run, bool goesOn = true)
    {
        using var features = place.Begin(SequenceReader.Order(parts.Tokens), Width, goesOn);
        reader.ReadAll(parts.Tokens, features, Name, run, (rows, sequences) =>
            RequireFinite(rows, one => table.Describe(parts.TextOf(sequences[one]))));
        return features.Complete(parts.Offsets);
    }

    /// <summary>The values, if they are as many as there should be and all finite.</summary>
    /// <exception cref="UserErrorException">One is no number.</exception>
    protected float[] Checked(float[] values, ILabelledTable table)
    {
        if (values.LongLength != (long)table.Labels.Count * Width)
            throw new ArgumentException($"{Name} gave {values.Length} numbers for {table.Labels.Count} rows of {Width} each.");
        RequireFinite(values, table.Describe);
        return values;
    }

    /// <param name="values">[n, width].</param>
    /// <param name="describe">Says which of the n examples is meant.</param>
    private void RequireFinite(ReadOnlySpan<float> values, Func<int, string> describe)
    {
        for (var place = 0; place < values.Length; place++)
            if (!float.IsFinite(values[place]))
                throw new UserErrorException(
                    $"{Name} gives {values[place]} (column {place % Width}) for {describe(place / Width)}: no head can be fitted on what "
                    + "is no number. Its weights are damaged or its training diverged; ./run.sh checkpoints inspect shows them. Pretrain "
                    + "it anew, or name another.");
    }
}
