using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace W2S.Experiments;

/// <summary>
/// A pretrained encoder that learns no more: molecules or texts in, one vector for each out, laid out as [CLS] tokens [SEP].
/// A molecule that the tokenizer or the encoder cannot read is an error, never a vector of zeros; a text that is too long loses
/// its end, and how many do is told.
/// </summary>
/// <remarks>
/// Sinusoidal positions are computed, not learned, so such an encoder is read on to <see cref="LongestExtended"/> tokens
/// where its own maximum is less: MolBERT's finetuning does the same (its pretraining stops at 128, and Lipop has a SMILES of
/// 267 characters). Such places were never seen in pretraining. An encoder with learned positions has no vector for them, and
/// refuses.
/// </remarks>
/// <param name="name">Short, fit for a folder's name.</param>
/// <param name="origin">Where it comes from, for people: a folder, a checkpoint, "pretrained on …".</param>
/// <param name="tokenizer">
/// One of <see cref="MoleculeTokenizers.Names"/>, whose vocabulary the encoder has; or the name of <see cref="Text"/>.
/// </param>
internal sealed partial class FrozenEncoder(string name, string origin, EncoderShape shape, EncoderWeights weights, string tokenizer)
{
    private readonly Lazy<string> _digest = new(() => Digested(shape, weights, tokenizer));

    public string Name => name;

    public string Description => $"{shape}, tokenizer {tokenizer}, {origin}";

    public int Width => shape.HiddenSize;

    public EncoderShape Shape => shape;

    public EncoderWeights Weights => weights;

    /// <summary>The tokenizer's name.</summary>
    public string Tokenizer => tokenizer;

    /// <summary>Null: it reads molecules by one of the molecules' tokenizers.</summary>
    public TextTokenizer? Text { get; init; }

    /// <summary>What stands for an example, where the reference says so and not the study.</summary>
    public EncoderPooling? Pooling { get; init; }

    /// <summary>
    /// SHA-256 of shape, tokenizer, weights and the reference's pooling: two encoders with the same one have the same
    /// features.
    /// </summary>
    public string Digest => Text == null && Pooling == null
        ? _digest.Value
        : Checksum.OfText($"{_digest.Value} {Text?.Digest} {Pooling}");

    /// <summary>cpu, cuda or cuda:N. On the CPU the fused kernels work, but for encoders whose copies would fill the memory.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Cores to use. The fused kernels' results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where progress is shown and the wish to stop comes from: a large encoder reads for minutes.</summary>
    public RunServices Run { get; init; } = RunServices.Silent;

    /// <summary>What was pretrained, frozen.</summary>
    public static FrozenEncoder Of(string name, PretrainedEncoder encoder)
    {
        var text = encoder.Settings.ReadsTexts ? TextTokenizer.Read(encoder.Folder) : null;
        return new FrozenEncoder(
            name, $"pretrained on {string.Join(", ", encoder.Settings.Corpora)}", encoder.Shape, encoder.Weights,
            text?.Name ?? encoder.Settings.Tokenizer)
        {
            Text = text,
        };
    }

    /// <summary>The same encoder on another device, with another host.</summary>
    public FrozenEncoder On(string device, int threads, RunServices run) =>
        new(name, origin, shape, weights, tokenizer) { Text = Text, Pooling = Pooling, Device = device, Threads = threads, Run = run };

    /// <summary>What a reference reads of it: some of its layers, 0 being the embeddings, and what stands for an example.</summary>
    /// <exception cref="UserErrorException">There is no such layer, or what is to stand for an example is not there.</exception>
    public FrozenEncoder Read(EncoderReference reference)
    {
        var layers = reference.Layer ?? shape.Layers;
        if (layers > shape.Layers)
            throw new UserErrorException($"{name} has {shape.Layers} layers: @0 (its embeddings) to @{shape.Layers}, not @{layers}.");
        // The tanh layer over [CLS] was trained on the last layer's vectors.
        var part = layers == shape.Layers ? shape : shape with { Layers = layers, WithoutPooler = true };
        if (reference.Pooling == EncoderPooling.Pooled && part.WithoutPooler)
            throw new UserErrorException(
                $"{reference.Path} has no pooled vector{(layers < shape.Layers ? " of an earlier layer" : "")}: take :mean, :cls or :max.");
        return new FrozenEncoder(
            reference.Name, origin, part, layers == shape.Layers ? weights : weights.Only(EncoderParameter.OfEncoder(part)), tokenizer)
        {
            Text = Text, Pooling = reference.Pooling, Device = Device, Threads = Threads, Run = Run,
        };
    }

    /// <summary>The molecules as the encoder reads them, in the order of the table.</summary>
    /// <exception cref="UserErrorException">
    /// A molecule has a symbol that the tokenizer lacks, or is too long; or what the tokenizer needs (RDKit) is not here.
    /// </exception>
    public PackedTokens Tokens(MoleculeData data) =>
        OfMolecules(data, MoleculeTokenizers.Find(tokenizer), shape, name, Run.Stop.ThrowIfSet);

    /// <summary>The texts as the encoder reads them.</summary>
    /// <param name="source">Where they come from, for people.</param>
    /// <exception cref="UserErrorException">It reads molecules only.</exception>
    internal TextParts Parts(IReadOnlyList<string> texts, string source, FeatureOptions.LongTexts longTexts)
    {
        if (Text == null)
            throw new UserErrorException(
                $"{name} reads molecules (its tokenizer is {tokenizer}), and {source} has texts. Name a text encoder.");
        var longest = Math.Min(shape.MaximumLength, Text.MaximumLength ?? int.MaxValue);
        var parts = TextParts.Of(texts, Text, longest, longTexts, Run);
        if (parts.Long > 0 && longTexts == FeatureOptions.LongTexts.Truncate)
            Run.Log.Warning(
                "{Count} of {All} texts of {Source} are longer than the {Length} tokens that {Encoder} reads; "
                + "their ends are left out (--long split reads all)",
                parts.Long, texts.Count, source, longest, name);
        else if (parts.Long > 0)
            Run.Log.Information(
                "{Count} of {All} texts of {Source} are longer than the {Length} tokens that {Encoder} reads; they are read in parts, "
                + "{Parts} in all",
                parts.Long, texts.Count, source, longest, name, parts.Tokens.Sequences);
        return parts;
    }

    /// <summary>The encoder, loaded to read these sequences on its device.</summary>
    /// <exception cref="UserErrorException">The device is misspelt or absent, or there is no pooler.</exception>
    internal SequenceReader Reader(PackedTokens tokens, EncoderPooling pooling)
    {
        pooling = Pooling ?? pooling;
        RequirePooler(pooling);
        var readable = ShapeFor(shape, tokens);
        return Device == "cpu" && Kernels.Suit(shape, weights)
            ? new Kernels(readable, weights, pooling, Threads)
            : new Torch(readable, weights, pooling, Device, Threads);
    }

    /// <summary>The same with dropout acting, by libtorch, whose generator starts from <paramref name="seed"/>.</summary>
    internal SequenceReader ReaderWithDropout(PackedTokens tokens, EncoderPooling pooling, double dropout, long seed) =>
        new Torch(ShapeFor(shape, tokens), weights, Pooling ?? pooling, Device, Threads, dropout, seed);

    /// <summary>The same encoder, its last blocks to be trained, over some examples.</summary>
    /// <param name="blocks">1 to the number of its layers.</param>
    internal UnfrozenEncoder Unfrozen(TextParts parts, int blocks, EncoderPooling pooling)
    {
        RequirePooler(pooling);
        var readable = ShapeFor(shape, parts.Tokens);
        return new UnfrozenEncoder(name, readable, weights, blocks, pooling, parts.Tokens, parts.Offsets)
        {
            Device = Device, Run = Run,
        };
    }

    private void RequirePooler(EncoderPooling pooling)
    {
        if (pooling == EncoderPooling.Pooled && shape.WithoutPooler)
            throw new UserErrorException(
                $"{name} has no pooler, the tanh layer over [CLS] (pooler.dense.weight is in none of its files, or an earlier layer is "
                + "read): take --pooling mean, or an encoder with one.");
    }

    private static string Digested(EncoderShape shape, EncoderWeights weights, string tokenizer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Fingerprint.Of(new { Shape = shape, Tokenizer = tokenizer })));
        hash.AppendData(MemoryMarshal.AsBytes(weights.Values.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
