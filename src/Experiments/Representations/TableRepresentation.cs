using W2S.Data;

namespace W2S.Experiments;

/// <summary>A representation that reads the rows of a table, all of them at once; cells take the rows that are theirs.</summary>
public abstract class TableRepresentation : IRepresentation
{
    private readonly Lock _gate = new();
    private (RowExamples Examples, FeatureRows Features, int Draws)? _fitted;

    public abstract string Name { get; }
    public virtual string Description => Name;
    public abstract int Width { get; }
    public abstract string Digest { get; }
    public virtual Origin Origin => new(Found: true);

    public virtual TaskSamples Features(Examples examples) => Taken((RowExamples)examples, [Clean(((RowExamples)examples).Table)]);

    public virtual FeatureRows Rows(Examples examples) => Features(examples);

    /// <summary>
    /// Those of the newest examples are kept: a student is taught by one weak model after the other on the same rows, and a
    /// solver that knows the features again need not factorise them again.
    /// </summary>
    public (FeatureRows Features, int Draws) FittingFeatures(Examples examples)
    {
        var rows = (RowExamples)examples;
        lock (_gate)
        {
            if (_fitted is { } kept && AreSame(kept.Examples, rows)) return (kept.Features, kept.Draws);
            var draws = Disturbed(rows.Table);
            _fitted = draws.Count == 0 ? (rows, Rows(rows), 1) : (rows, Taken(rows, draws), draws.Count);
            return (_fitted.Value.Features, _fitted.Value.Draws);
        }
    }

    private static bool AreSame(RowExamples one, RowExamples other) =>
        one.Table == other.Table && one.Cells == other.Cells && one.Rows.Zip(other.Rows).All(cell => cell.First.SequenceEqual(cell.Second));

    /// <summary>[rows, width], row-major; the same bits each time.</summary>
    /// <exception cref="UserErrorException">A row cannot be read.</exception>
    protected abstract float[] Clean(ILabelledTable table);

    /// <summary>Draws that heads are fitted on, each [rows, width]; none: they are fitted on clean features.</summary>
    protected virtual IReadOnlyList<float[]> Disturbed(ILabelledTable table) => [];

    /// <summary>The values, if they are as many as there should be and all finite.</summary>
    /// <exception cref="UserErrorException">One is no number.</exception>
    protected float[] Checked(float[] values, ILabelledTable table)
    {
        if (values.LongLength != (long)table.Labels.Count * Width)
            throw new ArgumentException($"{Name} gave {values.Length} numbers for {table.Labels.Count} rows of {Width} each.");
        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and var place)
            throw new UserErrorException(
                $"{Name} gives {values[place]} (column {place % Width}) for {table.Describe(place / Width)}: no head can be fitted on what is no number. "
                + "Its weights are damaged or its training diverged; ./run.sh checkpoints inspect shows them. Pretrain it anew, or name another.");
        return values;
    }

    private TaskSamples Taken(RowExamples examples, IReadOnlyList<float[]> draws)
    {
        var taken = new TaskSamples(examples.Cells, checked(examples.Count * draws.Count), Width);
        for (var cell = 0; cell < examples.Cells; cell++)
        {
            var to = taken.Task(cell);
            var place = 0;
            foreach (var draw in draws)
                foreach (var row in examples.Rows[cell]) draw.AsSpan(row * Width, Width).CopyTo(to.Slice(place++ * Width, Width));
        }
        return taken;
    }
}
