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
    public TaskSamples Features(Examples examples) => _below?.Features(examples) ?? ((InputExamples)examples).Inputs;

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
}
