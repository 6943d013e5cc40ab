namespace W2S.Experiments;

/// <summary>
/// A network whose last blocks are no longer frozen: what is frozen are the features below them, and the blocks begin every fit as
/// they were. Heads that were fitted on it bring blocks of their own (<see cref="MlpBlockHeads"/>).
/// </summary>
internal sealed class UnfrozenRepresentation : IRepresentation
{
    private readonly MlpRepresentation _whole;
    private readonly IRepresentation? _below;

    private UnfrozenRepresentation(MlpRepresentation whole, int blocks)
    {
        var depth = whole.Weights.Shape.Depth;
        (_whole, Blocks) = (whole, whole.Weights.Part(depth - blocks, blocks));
        _below = blocks == depth ? null : whole.Below(blocks);
    }

    /// <summary>Where the trainable blocks begin, from the features upwards.</summary>
    public MlpWeights Blocks { get; }

    public string Name => $"{_whole.Name}-{Blocks.Shape.Depth}";
    public string Description => $"{_whole.Description}, its last {Blocks.Shape.Depth} trained with the heads";
    public int Width => Blocks.Shape.Inputs;
    public string Digest => _whole.Digest;
    public Origin Origin => _whole.Origin;

    /// <summary>The representation of a role as a study's heads read it: itself, unless some of its blocks are to train.</summary>
    /// <param name="role">"weak" or "strong".</param>
    /// <exception cref="UserErrorException">It has fewer blocks, or none that could train.</exception>
    public static IRepresentation? Of(IRepresentation? whole, Study study, string role)
    {
        var (setting, blocks) = role == "weak"
            ? ("heads.weak_trainable_blocks", study.Heads.WeakTrainableBlocks) : ("heads.trainable_blocks", study.Heads.TrainableBlocks);
        if (blocks == 0 || whole == null) return whole;
        var depth = whole switch
        {
            MlpRepresentation network => network.Weights.Shape.Depth,
            TableRepresentation table => table.Blocks,
            _ => 0,
        };
        if (blocks > depth)
            throw new UserErrorException(
                $"{setting} is {blocks}, and {whole.Description} has "
                + $"{(depth == 0 ? "none that could train: set it to 0." : $"{depth} blocks: train at most these.")}");
        return whole is MlpRepresentation mlp
            ? new UnfrozenRepresentation(mlp, blocks) : new OfEncoder((TableRepresentation)whole, blocks, study.Heads.Precision);
    }

    /// <summary>Those below the blocks that train; the inputs where all do.</summary>
    public TaskSamples Features(Examples examples) => _below?.Features(examples) ?? ((Examples.OfInputs)examples).Inputs;

    /// <summary>
    /// An encoder whose last blocks are no longer frozen: its rows are read through blocks that begin every fit as they were, and belong to
    /// the heads that they were fitted with (<see cref="EncoderBlockHeads"/>).
    /// </summary>
    private sealed class OfEncoder(TableRepresentation whole, int blocks, EncoderPrecision precision) : IRepresentation
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
            var rows = (Examples.OfTable)examples;
            return new TableRows(Over(rows.Table), TableRows.NumbersOf(rows), Width, () => whole.Rows(rows));
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

    /// <summary>
    /// Rows of a table before an encoder whose last blocks train: read as features they say what the frozen encoder does, and whoever has
    /// blocks of his own (<see cref="EncoderBlockHeads"/>, and what fits them) reads them through these.
    /// </summary>
    public sealed class TableRows : FeatureRows
    {
        /// <summary>Numbers of rows travel as float32, which has all of them up to here.</summary>
        private const int MostRows = 1 << 24;

        private readonly Lazy<FeatureRows> _frozen;

        /// <param name="numbers">[cells, samples, 1]: of the rows.</param>
        /// <param name="frozen">[cells, samples, width]; computed where it is asked for.</param>
        public TableRows(UnfrozenEncoder encoder, TaskSamples numbers, int width, Func<FeatureRows> frozen)
            : base(numbers.Tasks, numbers.Samples, width) =>
            (Encoder, Numbers, _frozen) = (encoder, numbers, new Lazy<FeatureRows>(frozen, LazyThreadSafetyMode.PublicationOnly));

        public UnfrozenEncoder Encoder { get; }

        /// <summary>[cells, samples, 1].</summary>
        public TaskSamples Numbers { get; }

        public override string Name => Encoder.Name;

        /// <exception cref="UserErrorException">A row's number is too large.</exception>
        public static TaskSamples NumbersOf(Examples.OfTable examples)
        {
            if (examples.Table.Labels.Count > MostRows)
                throw new UserErrorException(
                    $"{examples.Table.Title} has {examples.Table.Labels.Count} rows; blocks of encoders train on tables of at most "
                    + $"{MostRows}.");
            return new TaskSamples(
                examples.Cells, examples.Count, 1, [.. examples.Rows.SelectMany(cell => cell).Select(row => (float)row)]);
        }

        /// <summary>Some of these rows, or all, with their features mapped otherwise.</summary>
        public TableRows With(TaskSamples numbers, (double[] Means, double[] Spreads)? standard) =>
            new(
                Encoder with { Standard = standard }, numbers, Width,
                () => throw new NotSupportedException("These rows are read through blocks."));

        public override void Read(int cell, int first, Span<float> rows) => _frozen.Value.Read(cell, first, rows);
    }
}
