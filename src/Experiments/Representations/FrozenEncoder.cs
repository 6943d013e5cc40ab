using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Experiments;

/// <summary>
/// A pretrained encoder that learns no more: molecules or texts in, one vector for each out, laid out as [CLS] tokens [SEP].
/// A molecule that the tokenizer or the encoder cannot read is an error, never a vector of zeros; a text that is too long loses
/// its end, and how many do is told.
/// </summary>
/// <remarks>
/// Sinusoidal positions are computed, not learned, so such an encoder is read on to <see cref="FrozenEncoderTokens.LongestExtended"/> tokens
/// where its own maximum is less: MolBERT's finetuning does the same (its pretraining stops at 128, and Lipop has a SMILES of
/// 267 characters). Such places were never seen in pretraining. An encoder with learned positions has no vector for them, and
/// refuses.
/// </remarks>
/// <param name="name">Short, fit for a folder's name.</param>
/// <param name="origin">Where it comes from, for people: a folder, a checkpoint, "pretrained on …".</param>
/// <param name="tokenizer">
/// One of <see cref="MoleculeTokenizers.Names"/>, whose vocabulary the encoder has; or the name of <see cref="Text"/>.
/// </param>
internal sealed class FrozenEncoder(string name, string origin, EncoderShape shape, EncoderWeights weights, string tokenizer)
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
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_digest.Value} {Text?.Digest} {Pooling}")));

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

    /// <summary>[molecules, width], row-major, in the order of the table; the same bits each time.</summary>
    /// <inheritdoc cref="Tokens(MoleculeData)" path="/exception"/>
    public float[] Of(MoleculeData data, EncoderPooling pooling) => Of(Tokens(data), pooling);

    /// <summary>The molecules as the encoder reads them, in the order of the table.</summary>
    /// <exception cref="UserErrorException">
    /// A molecule has a symbol that the tokenizer lacks, or is too long; or what the tokenizer needs (RDKit) is not here.
    /// </exception>
    public PackedTokens Tokens(MoleculeData data) =>
        Text == null
            ? FrozenEncoderTokens.Of(data, MoleculeTokenizers.Find(tokenizer), shape, name, Run.Stop.ThrowIfSet)
            : Tokens(data.Table.Smiles, data.Table.Source);

    /// <summary>The texts as the encoder reads them; those that are too long without their ends.</summary>
    /// <param name="source">Where they come from, for people.</param>
    /// <exception cref="UserErrorException">It reads molecules only.</exception>
    public PackedTokens Tokens(IReadOnlyList<string> texts, string source) =>
        Parts(texts, source, FeatureOptions.LongTexts.Truncate).Tokens;

    /// <inheritdoc cref="Tokens(IReadOnlyList{string}, string)"/>
    internal TextParts Parts(IReadOnlyList<string> texts, string source, FeatureOptions.LongTexts longTexts)
    {
        if (Text == null)
            throw new UserErrorException(
                $"{name} reads molecules (its tokenizer is {tokenizer}), and {source} has texts. Name a text encoder.");
        var longest = Math.Min(shape.MaximumLength, Text.MaximumLength ?? int.MaxValue);
        var parts = TextParts.Of(texts, Text, longest, longTexts, Run);
        if (parts.Long > 0 && longTexts == FeatureOptions.LongTexts.Truncate)
            Run.Log.Warning(
                "{Count} of {All} texts of {Source} are longer than the {Length} tokens that {Encoder} reads; their ends are left out (--long split reads all)",
                parts.Long, texts.Count, source, longest, name);
        else if (parts.Long > 0)
            Run.Log.Information(
                "{Count} of {All} texts of {Source} are longer than the {Length} tokens that {Encoder} reads; they are read in parts, {Parts} in all",
                parts.Long, texts.Count, source, longest, name, parts.Tokens.Sequences);
        return parts;
    }

    /// <summary>[sequences, hidden], row-major, of sequences that it can read, in memory.</summary>
    /// <inheritdoc cref="Reader" path="/exception"/>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    internal float[] Of(PackedTokens tokens, EncoderPooling pooling)
    {
        using var reader = Reader(tokens, pooling);
        using var features = new PartialFeatures(null, name, SequenceReader.Order(tokens), Width);
        reader.ReadAll(tokens, features, name, Run);
        return features.Complete().ToArray();
    }

    /// <summary>The encoder, loaded to read these sequences on its device.</summary>
    /// <exception cref="UserErrorException">The device is misspelt or absent, or there is no pooler.</exception>
    internal SequenceReader Reader(PackedTokens tokens, EncoderPooling pooling)
    {
        pooling = Pooling ?? pooling;
        RequirePooler(pooling);
        var readable = FrozenEncoderTokens.ShapeFor(shape, tokens);
        return Device == "cpu" && Kernels.Suit(shape, weights)
            ? new Kernels(readable, weights, pooling, Threads)
            : new Torch(readable, weights, pooling, Device, Threads);
    }

    /// <summary>The same with dropout acting, by libtorch, whose generator starts from <paramref name="seed"/>.</summary>
    internal SequenceReader ReaderWithDropout(PackedTokens tokens, EncoderPooling pooling, double dropout, long seed) =>
        new Torch(FrozenEncoderTokens.ShapeFor(shape, tokens), weights, Pooling ?? pooling, Device, Threads, dropout, seed);

    /// <summary>The same encoder, its last blocks to be trained, over some examples.</summary>
    /// <param name="blocks">1 to the number of its layers.</param>
    internal UnfrozenEncoder Unfrozen(TextParts parts, int blocks, EncoderPooling pooling)
    {
        RequirePooler(pooling);
        var readable = FrozenEncoderTokens.ShapeFor(shape, parts.Tokens);
        return new UnfrozenEncoder(name, readable, weights, blocks, pooling, parts.Tokens, parts.Offsets)
        {
            Device = Device, Run = Run,
        };
    }

    private void RequirePooler(EncoderPooling pooling)
    {
        if (pooling == EncoderPooling.Pooled && shape.WithoutPooler)
            throw new UserErrorException(
                $"{name} has no pooler, the tanh layer over [CLS] (pooler.dense.weight is in none of its files, or an earlier layer is read): take --pooling mean, or an encoder with one.");
    }

    private static string Digested(EncoderShape shape, EncoderWeights weights, string tokenizer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Fingerprint.Of(new { Shape = shape, Tokenizer = tokenizer })));
        hash.AppendData(MemoryMarshal.AsBytes(weights.Values.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Features by the fused kernels, which compute no padding, over all cores.</summary>
    internal sealed class Kernels(EncoderShape shape, EncoderWeights weights, EncoderPooling pooling, int threads) : SequenceReader
    {
        // A thread's share of the work, whatever the number of threads: so its results do not depend on that either.
        private const int Share = 64;

        // Each thread has a copy of the weights. Beyond this, 160 MB a thread, libtorch's products over all cores are the better way.
        private const int MostParameters = 40_000_000;

        private readonly FusedEncoder?[] _encoders = new FusedEncoder?[threads];

        public static bool Suit(EncoderShape shape, EncoderWeights weights) => shape.IsPlain && weights.Values.Length <= MostParameters;

        public override int Block => 2 * Share * threads;

        public override float[] Read(PackedTokens tokens, SequenceReader.Progress progress)
        {
            var features = new float[tokens.Sequences * shape.HiddenSize];
            var (shares, taken) = ((tokens.Sequences + Share - 1) / Share, -1);
            Parallel.For(0, Math.Min(threads, shares), new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
            {
                var encoder = _encoders[thread] ??= Loaded();
                while (Interlocked.Increment(ref taken) is var share && share < shares)
                {
                    var first = share * Share;
                    var own = tokens.Pick([.. Enumerable.Range(first, Math.Min(Share, tokens.Sequences - first))]);
                    encoder.Features(own, pooling).CopyTo(features.AsSpan(first * shape.HiddenSize));
                    if (!progress.Goes(own.Tokens.Length)) return;
                }
            });
            progress.ThrowIfStopped();
            return features;
        }

        public override void Dispose()
        {
            foreach (var encoder in _encoders) encoder?.Dispose();
        }

        private FusedEncoder Loaded()
        {
            var encoder = new FusedEncoder(shape);
            encoder.Load(weights);
            return encoder;
        }
    }

    /// <summary>Features by libtorch: on CUDA, of encoders too large for the fused kernels, and with dropout.</summary>
    internal sealed class Torch : SequenceReader
    {
        private const int Batch = 64;

        private readonly TorchEngine _engine;
        private readonly Models.Encoder _encoder;
        private readonly EncoderPooling _pooling;
        private readonly SeededRandomNumbers? _random;

        /// <param name="dropout">0: none, and the same features each time.</param>
        /// <param name="seed">Of the dropout's chance, which one pass takes from its beginning to its end.</param>
        /// <exception cref="W2S.Data.UserErrorException">The device is misspelt or absent.</exception>
        public Torch(
            EncoderShape shape, EncoderWeights weights, EncoderPooling pooling, string device, int threads, double dropout = 0, long seed = 0)
        {
            _engine = new TorchEngine(device, threads);
            (_pooling, _random) = (pooling, dropout > 0 ? new SeededRandomNumbers(seed) : null);
            _encoder = new Models.Encoder(shape, weights, dropout, _engine.Device);
            if (dropout == 0) _encoder.eval();
        }

        public override int Block => 4 * Batch;

        public override float[] Read(PackedTokens tokens, SequenceReader.Progress progress)
        {
            LibTorch.UseThreads(_engine.Threads);
            using var silent = no_grad();
            var features = new float[tokens.Sequences * _encoder.Shape.HiddenSize];
            for (var first = 0; first < tokens.Sequences; first += Batch)
            {
                using var scope = NewDisposeScope();
                var own = tokens.Pick([.. Enumerable.Range(first, Math.Min(Batch, tokens.Sequences - first))]);
                var batch = TokenBatch.Of(own, _encoder.Device);
                var rows = batch.Pool(_encoder.call(batch), _pooling, _encoder.Pooled);
                rows.contiguous().cpu().data<float>().ToArray().CopyTo(features, first * _encoder.Shape.HiddenSize);
                if (!progress.Goes(own.Tokens.Length)) progress.ThrowIfStopped();
            }
            return features;
        }

        public override void Dispose()
        {
            _encoder.Dispose();
            _random?.Dispose();
        }
    }
}
