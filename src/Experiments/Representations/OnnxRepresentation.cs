using System.Security.Cryptography;
using System.Text;
using W2S.Data;
using W2S.Models;
using W2S.Models.Onnx;
using W2S.Training;

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
    private readonly LongTexts _long;
    private readonly FeatureCache _cache;
    private readonly RunServices _run;
    private readonly TextTokenizer _tokenizer;
    private readonly int _threads;
    private readonly bool _hasTokens;

    /// <param name="options">What stands for an example where the reference says nothing, and what becomes of long texts.</param>
    /// <exception cref="UserErrorException">
    /// The model or its tokenizer is absent or damaged, or has a vector for each token and nothing says how they become one.
    /// </exception>
    public OnnxRepresentation(EncoderReference reference, FeatureOptions options, int threads, FeatureCache cache, RunServices run)
    {
        (_reference, _cache, _run, _threads) = (reference, cache, run, threads);
        (_pooling, _long) = (reference.Pooling ?? options.Pooling, options.Long);
        _tokenizer = TextTokenizer.Read(FolderOf(reference));
        using var model = Open(1);
        (Width, _hasTokens) = (model.Width, model.HasTokens);
        if (reference.Layer != null)
            throw new UserErrorException(
                $"{reference.Path}: ONNX Runtime gives a model's outputs, not its layers. Name the folder without onnx:, or an output with #NAME.");
        if (_hasTokens && _pooling == EncoderPooling.Pooled)
            throw new UserErrorException(
                $"{reference.Path}: the output {model.Output} has a vector for each token. Say what stands for an example: {reference.Path}:mean, :cls or :max.");
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
        using var stream = File.OpenRead(file);
        var model = Convert.ToHexStringLower(SHA256.HashData(stream));
        var read = $"{model} {OutputOf(reference)} {reference.Pooling} {TextTokenizer.Read(FolderOf(reference)).Digest}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(read)));
    }

    internal static string FileOf(EncoderReference reference)
    {
        var path = reference.File.Split('#')[0];
        return Directory.Exists(path) ? Path.Combine(path, ModelFile) : path;
    }

    protected override float[] Clean(ILabelledTable table) =>
        _cache.Obtain($"{table.Name} {table.Digest} {Name} {Digest} {_pooling}{(_long == LongTexts.Split ? " split" : "")}", inMemory: true, () => Checked(Features(Texts(table)), table));

    private static string? OutputOf(EncoderReference reference) => reference.File.Split('#') is [_, { Length: > 0 } output, ..] ? output : null;

    private static string FolderOf(EncoderReference reference)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(FileOf(reference)))!;
        return Path.GetFileName(folder) == "onnx" ? Path.GetDirectoryName(folder)! : folder;
    }

    private OnnxModel Open(int threads) => new(FileOf(_reference), OutputOf(_reference), threads);

    private IReadOnlyList<string> Texts(ILabelledTable table) => table switch
    {
        MoleculeData molecules => molecules.Table.Smiles,
        ITextTable texts => texts.Texts,
        _ => throw new UserErrorException($"{Name} reads texts, and {table.Title} has none: name features:FILE.csv for it instead."),
    };

    private float[] Features(IReadOnlyList<string> texts)
    {
        using var model = Open(_threads);
        var parts = TextParts.Of(texts, _tokenizer, _tokenizer.MaximumLength ?? UsualLength, _long);
        if (parts.Long > 0 && _long == LongTexts.Truncate)
            _run.Log.Warning(
                "{Count} of {All} texts are longer than what {Model} reads; their ends are left out (--long split reads all)",
                parts.Long, texts.Count, Name);
        var tokens = parts.Tokens;
        var features = new float[tokens.Sequences * Width];
        var order = FrozenEncoderKernels.ByLength(tokens);
        using var reading = new FrozenEncoderReading(Name, tokens.Sequences, _run, "texts");
        for (var first = 0; first < order.Length; first += Batch)
        {
            var rows = order.AsSpan(first, Math.Min(Batch, order.Length - first));
            var batch = tokens.Pick(rows);
            var (values, length, width) = model.Run(batch);
            for (var i = 0; i < rows.Length; i++)
            {
                var target = features.AsSpan(rows[i] * width, width);
                if (_hasTokens) Pool(values.AsSpan(i * length * width, batch.Length(i) * width), target);
                else values.AsSpan(i * width, width).CopyTo(target);
            }
            if (!reading.Goes(rows.Length)) reading.ThrowIfStopped();
        }
        return parts.Averaged(features, Width);
    }

    /// <summary>[tokens, width] → [width].</summary>
    private void Pool(ReadOnlySpan<float> vectors, Span<float> target)
    {
        vectors[..target.Length].CopyTo(target);
        if (_pooling == EncoderPooling.Cls) return;
        var count = vectors.Length / target.Length;
        for (var token = 1; token < count; token++)
        for (var column = 0; column < target.Length; column++)
        {
            var value = vectors[token * target.Length + column];
            target[column] = _pooling == EncoderPooling.Max ? Math.Max(target[column], value) : target[column] + value;
        }
        if (_pooling == EncoderPooling.Mean)
            foreach (ref var value in target) value /= count;
    }
}
