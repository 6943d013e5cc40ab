namespace W2S.Experiments;

/// <summary>
/// An encoder whose last blocks are no longer frozen: its rows are read through blocks that begin every fit as they were, and belong to
/// the heads that they were fitted with (<see cref="EncoderBlockHeads"/>).
/// </summary>
internal sealed class UnfrozenEncoderRepresentation(TableRepresentation whole, int blocks, EncoderPrecision precision) : IRepresentation
{
    private readonly Lock _gate = new();
    private (ILabelledTable Table, UnfrozenEncoder Encoder)? _read;

    public string Name => whole.Name;
    public string Description => $"{whole.Description}, its last {blocks} of {whole.Blocks} blocks trained with the heads";
    public int Width => whole.Width;
    public string Digest => whole.Digest;
    public Origin Origin => whole.Origin;

    /// <summary>Those of the frozen encoder.</summary>
    public TaskSamples Features(Examples examples) => whole.Features(examples);

    public FeatureRows Rows(Examples examples)
    {
        var rows = (RowExamples)examples;
        return new UnfrozenRows(Over(rows.Table), UnfrozenRows.NumbersOf(rows), Width, () => whole.Rows(rows));
    }

    private UnfrozenEncoder Over(ILabelledTable table)
    {
        lock (_gate)
        {
            if (_read?.Table != table) _read = (table, whole.Unfrozen(table, blocks, precision));
            return _read.Value.Encoder;
        }
    }
}
