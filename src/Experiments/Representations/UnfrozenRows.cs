namespace W2S.Experiments;

/// <summary>
/// Rows of a table before an encoder whose last blocks train: read as features they say what the frozen encoder does, and whoever has
/// blocks of his own (<see cref="EncoderBlockHeads"/>, and what fits them) reads them through these.
/// </summary>
internal sealed class UnfrozenRows : FeatureRows
{
    /// <summary>Numbers of rows travel as float32, which has all of them up to here.</summary>
    private const int MostRows = 1 << 24;

    private readonly Lazy<FeatureRows> _frozen;

    /// <param name="numbers">[cells, samples, 1]: of the rows.</param>
    /// <param name="frozen">[cells, samples, width]; computed where it is asked for.</param>
    public UnfrozenRows(UnfrozenEncoder encoder, TaskSamples numbers, int width, Func<FeatureRows> frozen)
        : base(numbers.Tasks, numbers.Samples, width) =>
        (Encoder, Numbers, _frozen) = (encoder, numbers, new Lazy<FeatureRows>(frozen, LazyThreadSafetyMode.PublicationOnly));

    public UnfrozenEncoder Encoder { get; }

    /// <summary>[cells, samples, 1].</summary>
    public TaskSamples Numbers { get; }

    public override string Name => Encoder.Name;

    /// <exception cref="UserErrorException">A row's number is too large.</exception>
    public static TaskSamples NumbersOf(RowExamples examples)
    {
        if (examples.Table.Labels.Count > MostRows)
            throw new UserErrorException(
                $"{examples.Table.Title} has {examples.Table.Labels.Count} rows; blocks of encoders train on tables of at most "
                + $"{MostRows}.");
        return new TaskSamples(examples.Cells, examples.Count, 1, [.. examples.Rows.SelectMany(cell => cell).Select(row => (float)row)]);
    }

    /// <summary>Some of these rows, or all, with their features mapped otherwise.</summary>
    public UnfrozenRows With(TaskSamples numbers, (double[] Means, double[] Spreads)? standard) =>
        new(
            Encoder with { Standard = standard }, numbers, Width,
            () => throw new NotSupportedException("These rows are read through blocks."));

    public override void Read(int cell, int first, Span<float> rows) => _frozen.Value.Read(cell, first, rows);
}
