using System.Numerics.Tensors;
using W2S.Models.Onnx;

namespace W2S.Experiments;

/// <summary>
/// Any frozen model that ONNX Runtime computes and that reads tokens: onnx:FOLDER or onnx:PATH/model.onnx, with #OUTPUT for one
/// of its outputs and :mean, :cls or :max for what stands for an example where the output has a vector for each token.
/// </summary>
/// <remarks>The tokenizer is that of the model's folder, or of the folder above one called onnx.</remarks>
internal sealed class OnnxRepresentation : TableRepresentation
{
    private const string ModelFile = "model.onnx";
    private const int Batch = 32, UsualLength = 512;

    private readonly EncoderReference _reference;
    private readonly EncoderPooling _pooling;
    private readonly FeatureOptions.LongTexts _long;
    private readonly FeatureCache _cache;
    private readonly RunServices _run;
    private readonly TextTokenizer _tokenizer;
    private readonly int _threads;

    /// <param name="options">What stands for an example where the reference says nothing, and what becomes of long texts.</param>
    /// <exception cref="UserErrorException">
    /// The model or its tokenizer is absent or damaged, or has a vector for each token and nothing says how they become one.
    /// </exception>
    public OnnxRepresentation(
        EncoderReference reference, FeatureOptions options, int threads, FeatureCache cache, RunServices run)
    {
        (_reference, _cache, _run, _threads) = (reference, cache, run, threads);
        (_pooling, _long) = (reference.Pooling ?? options.Pooling, options.Long);
        _tokenizer = TextTokenizer.Read(FolderOf(reference));
        using var model = Open(1);
        Width = model.Width;
        if (reference.Layer != null)
            throw new UserErrorException(
                $"{reference.Path}: ONNX Runtime gives a model's outputs, not its layers. "
                + "Name the folder without onnx:, or an output with #NAME.");
        if (model.HasTokens && _pooling == EncoderPooling.Pooled)
            throw new UserErrorException(
                $"{reference.Path}: the output {model.Output} has a vector for each token. Say what stands for an example: "
                + $"{reference.Path}:mean, :cls or :max.");
        Description = $"output {model.Output} of {FileOf(reference)} by ONNX Runtime, tokenizer {_tokenizer.Name}";
        Digest = DigestOf(reference);
    }

    public override string Name => _reference.Name;
    public override string Description { get; }
    public override int Width { get; }
    public override string Digest { get; }

    /// <summary>SHA-256 of the model, its tokenizer, and what of it is read.</summary>
    /// <exception cref="UserErrorException">It is absent.</exception>
    internal static string DigestOf(EncoderReference reference)
    {
        var file = FileOf(reference);
        if (!File.Exists(file)) throw new UserErrorException($"There is no file {file}.");
        return Checksum.OfText(
            $"{Checksum.OfFile(file)} {OutputOf(reference)} {reference.Pooling} {TextTokenizer.Read(FolderOf(reference)).Digest}");
    }

    internal static string FileOf(EncoderReference reference)
    {
        var path = reference.File.Split('#')[0];
        return Directory.Exists(path) ? Path.Combine(path, ModelFile) : path;
    }

    protected override float[] Clean(ILabelledTable table) => Of(table).ToArray();

    private protected override TableFeatures Of(ILabelledTable table) => _cache.Obtain(
        $"{table.Name} {table.Digest} {Name} {Digest} "
        + $"{_pooling}{(_long == FeatureOptions.LongTexts.Split ? " split" : "")}", isShared: true, place =>
        {
            var parts = TextParts.Of(Texts(table), _tokenizer, _tokenizer.MaximumLength ?? UsualLength, _long, _run);
            if (parts.Long > 0 && _long == FeatureOptions.LongTexts.Truncate)
                _run.Log.Warning(
                    "{Count} of {All} texts are longer than what {Model} reads; their ends are left out (--long split reads all)",
                    parts.Long, table.Labels.Count, Name);
            using var reader = new Reader(Open(_threads), _pooling);
            return Computed(table, parts, reader, place, _run);
        });

    private static string? OutputOf(EncoderReference reference) =>
        reference.File.Split('#') is [_, { Length: > 0 } output, ..] ? output : null;

    private static string FolderOf(EncoderReference reference)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(FileOf(reference)))!;
        return Path.GetFileName(folder) == "onnx" ? Path.GetDirectoryName(folder)! : folder;
    }

    private OnnxModel Open(int threads) => new(FileOf(_reference), OutputOf(_reference), threads);

    private IReadOnlyList<string> Texts(ILabelledTable table) => table switch
    {
        MoleculeData molecules => molecules.Smiles,
        { Texts: { } texts } => texts,
        _ => throw new UserErrorException($"{Name} reads texts, and {table.Title} has none: name features:FILE.csv for it instead."),
    };

    /// <summary>The model, loaded; it pools where it gives a vector for each token.</summary>
    private sealed class Reader(OnnxModel model, EncoderPooling pooling) : SequenceReader
    {
        public override int Block => Batch;

        public override float[] Read(PackedTokens tokens, SequenceReader.Progress progress)
        {
            var (values, length, width) = model.Run(tokens);
            if (!progress.Goes(tokens.Tokens.Length)) progress.ThrowIfStopped();
            if (!model.HasTokens) return values;
            var features = new float[tokens.Sequences * width];
            for (var row = 0; row < tokens.Sequences; row++)
                Pool(values.AsSpan(row * length * width, tokens.Length(row) * width), features.AsSpan(row * width, width));
            return features;
        }

        public override void Dispose() => model.Dispose();

        /// <summary>[tokens, width] → [width].</summary>
        private void Pool(ReadOnlySpan<float> vectors, Span<float> target)
        {
            vectors[..target.Length].CopyTo(target);
            if (pooling == EncoderPooling.Cls) return;
            for (var token = target.Length; token < vectors.Length; token += target.Length)
            {
                var vector = vectors.Slice(token, target.Length);
                if (pooling == EncoderPooling.Max) TensorPrimitives.Max(target, vector, target);
                else TensorPrimitives.Add(target, vector, target);
            }
            if (pooling == EncoderPooling.Mean) TensorPrimitives.Divide(target, vectors.Length / target.Length, target);
        }
    }
}
