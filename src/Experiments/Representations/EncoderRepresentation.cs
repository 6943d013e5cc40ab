namespace W2S.Experiments;

/// <summary>
/// A frozen encoder's vectors of molecules or texts. Heads may be fitted as MolBERT's finetuning does it: its train and valid sets are
/// built as for pretraining, so that 15 % of the input tokens are hidden or replaced anew in each epoch, and Lightning puts
/// the frozen encoder in train mode, so that dropout acts. Predictions are always from clean features.
/// </summary>
/// <remarks>
/// Each pass costs the encoder once over the table; with dropout by libtorch. MolBERT also measures the valid molecules
/// masked, to choose an epoch by them; here nothing is chosen, and they are measured clean.
/// </remarks>
/// <param name="seed">Of masking and dropout in train mode.</param>
internal sealed class EncoderRepresentation(
    FrozenEncoder encoder, FeatureOptions options, long seed, FeatureCache cache, Origin? origin = null) : TableRepresentation
{
    private Tuple<ILabelledTable, TextParts>? _parts;

    /// <summary>Which tokens are hidden in train mode, MolBERT's choice.</summary>
    public EncoderPretrainingOptions.MaskingOptions Masking { get; init; } = new();

    /// <summary>Share of activations dropped in train mode. With 0, the fused kernels do the work.</summary>
    public double Dropout { get; init; } = Encoder.BertDropout;

    /// <summary>What stands for an example: what the encoder's reference says, else what the study does.</summary>
    public EncoderPooling Pooling => encoder.Pooling ?? options.Pooling;

    public override string Name => encoder.Name;
    public override string Description => encoder.Description;
    public override int Width => encoder.Width;
    public override string Digest => encoder.Digest;
    public override Origin Origin => origin ?? new Origin(Found: true);

    /// <summary>What heads are fitted on in one pass in train mode; the same bits for the same pass.</summary>
    /// <exception cref="UserErrorException">A molecule cannot be read.</exception>
    public TableFeatures TrainMode(ILabelledTable table, long pass)
    {
        if (encoder.Text != null)
            throw new UserErrorException(
                $"{Name} reads text, and passes in train mode (--train-mode-passes) are MolBERT's, on molecules' tokens. Leave them out.");
        return cache.Obtain($"{Key(table)} seed {seed} pass {pass}", isShared: false, place =>
        {
            var tokens = Parts(table).Tokens;
            int[] molecules = [.. Enumerable.Range(0, tokens.Sequences)];
            var masked = new TokenMasking(
                Masking, encoder.Shape.VocabularySize, seed, "stock features").Mask(tokens, molecules, pass).Tokens;
            using var reader = Dropout == 0 ? encoder.Reader(masked, options.Pooling)
                : encoder.ReaderWithDropout(
                    masked, options.Pooling, Dropout, (long)(new RandomStream(seed, "stock dropout", pass).NextUInt64() >> 1));
            return Computed(table, TextParts.OfOne(masked), reader, place, encoder.Run, goesOn: Dropout == 0);
        });
    }

    internal override int Blocks => encoder.Shape.Layers;

    internal override UnfrozenEncoder Unfrozen(ILabelledTable table, int blocks, EncoderPrecision precision) =>
        encoder.Unfrozen(Parts(table), blocks, Pooling) with { Precision = precision };

    protected override float[] Clean(ILabelledTable table) => Of(table).ToArray();

    private protected override TableFeatures Of(ILabelledTable table) => cache.Obtain($"{Key(table)} clean", isShared: true, place =>
    {
        var parts = Parts(table);
        using var reader = encoder.Reader(parts.Tokens, options.Pooling);
        return Computed(table, parts, reader, place, encoder.Run);
    });

    private protected override IReadOnlyList<TableFeatures> DrawsOf(ILabelledTable table) =>
        [.. Enumerable.Range(0, options.TrainModePasses).Select(pass => TrainMode(table, pass))];

    private string Key(ILabelledTable table) =>
        $"{table.Name} {table.Digest} {encoder.Name} {Digest} "
        + $"{options.Pooling}{(options.Long == FeatureOptions.LongTexts.Split ? " split" : "")} {encoder.Device}";

    /// <summary>The newest table's are kept, for who reads features may train blocks on them too.</summary>
    private TextParts Parts(ILabelledTable table)
    {
        if (_parts is var (known, kept) && known == table) return kept;
        var parts = Cut(table);
        _parts = new(table, parts);
        return parts;
    }

    private TextParts Cut(ILabelledTable table) => table switch
    {
        MoleculeData molecules when encoder.Text != null => encoder.Parts(molecules.Smiles, molecules.Source, options.Long),
        MoleculeData molecules => TextParts.OfOne(encoder.Tokens(molecules)),
        { Texts: { } texts } => encoder.Parts(texts, table.Title, options.Long),
        _ => throw new UserErrorException(
            $"{Name} reads {(encoder.Text == null ? "molecules" : "texts")}, and {table.Title} has none: "
            + $"{(encoder.Text == null ? "name their column with --smiles-column, or take" : "take")} features:FILE instead of this "
            + "encoder."),
    };
}
