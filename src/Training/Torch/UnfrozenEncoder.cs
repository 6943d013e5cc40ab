using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// An encoder whose last blocks train, over the rows of a table: everything below them, and how a row becomes the vector that heads
/// read, stays as it is. The blocks themselves belong to whoever fits them, and begin as <see cref="Initial"/>.
/// </summary>
/// <param name="Name">For progress.</param>
/// <param name="Shape">Of the whole encoder, which reads all of <paramref name="Tokens"/>.</param>
/// <param name="Weights">Of the whole encoder.</param>
/// <param name="Blocks">How many of its last layers train, the pooler counting as part of the last.</param>
/// <param name="Tokens">Sequences of all texts or molecules.</param>
/// <param name="Offsets">[texts + 1]: text t is the mean of the sequences [Offsets[t], Offsets[t + 1]).</param>
internal sealed record UnfrozenEncoder(
    string Name, EncoderShape Shape, EncoderWeights Weights, int Blocks, EncoderPooling Pooling, PackedTokens Tokens, int[] Offsets)
{
    /// <summary>Rows whose features are computed together where nothing trains.</summary>
    private const int Batch = 32;

    /// <summary>Numbers of the vectors below the blocks that a fit keeps, 1 GiB; more are computed anew in each step.</summary>
    private const long MostKept = 1 << 28;

    /// <summary>Of the vectors u and v of a row's two texts, [rows, hidden], what heads read; null: a row is one text.</summary>
    /// <remarks>The second texts stand behind all first ones.</remarks>
    public Func<Tensor, Tensor, Tensor>? OfPair { get; init; }

    /// <summary>[width]: what is subtracted from each feature, and what it is divided by then, 0 making it 0; null: nothing.</summary>
    public (double[] Means, double[] Spreads)? Standard { get; init; }

    /// <summary>cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Of the matrix products.</summary>
    public EncoderPrecision Precision { get; init; }

    /// <summary>Where progress is shown and the wish to stop comes from.</summary>
    public RunServices Run { get; init; } = RunServices.Silent;

    /// <summary>Those of the blocks, in their order.</summary>
    public IReadOnlyList<EncoderParameter> Parameters => EncoderParameter.OfBlocks(Shape, Blocks, Pooling == EncoderPooling.Pooled);

    /// <summary>The blocks as every fit begins with them.</summary>
    public EncoderWeights Initial => Weights.Only(Parameters);

    /// <summary>The blocks as a module.</summary>
    /// <param name="weights">Of them; copied.</param>
    public Encoder.Blocks Module(EncoderWeights weights, Device device) => new(Shape, Blocks, weights, device, Precision);

    /// <summary>What heads read of some rows above fitted blocks, [rows, width], row-major; the same bits each time.</summary>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public float[] Features(EncoderWeights blocks, IReadOnlyList<int> rows)
    {
        using var silent = no_grad();
        using var reader = new Reader(this);
        using var module = Module(blocks, reader.Device);
        using var progress = Run.Progress.Begin($"features of {Name} above its fitted blocks", "rows", rows.Count);
        float[]? features = null;
        int[] order = [.. Enumerable.Range(0, rows.Count).OrderByDescending(place => LengthOf(rows[place])).ThenBy(place => place)];
        for (var first = 0; first < order.Length; first += Batch)
        {
            Run.Stop.ThrowIfSet();
            using var scope = NewDisposeScope();
            var places = order.AsSpan(first, Math.Min(Batch, order.Length - first));
            var vectors = reader.Read(module, [.. places.ToArray().Select(place => rows[place])]);
            var (values, width) = (vectors.cpu().data<float>().ToArray(), (int)vectors.shape[1]);
            features ??= new float[rows.Count * width];
            for (var i = 0; i < places.Length; i++) values.AsSpan(i * width, width).CopyTo(features.AsSpan(places[i] * width));
            progress.Report(first + places.Length);
        }
        return features ?? [];
    }

    /// <summary>The texts of some rows; of pairs all first ones, then all second ones.</summary>
    private int[] Texts(IReadOnlyList<int> rows) =>
        OfPair == null ? [.. rows] : [.. rows, .. rows.Select(row => row + (Offsets.Length - 1) / 2)];

    private int[] Sequences(IEnumerable<int> texts) =>
        [.. texts.SelectMany(text => Enumerable.Range(Offsets[text], Offsets[text + 1] - Offsets[text]))];

    private int LengthOf(int row) => Sequences(Texts([row])).Max(Tokens.Length);

    /// <summary>The frozen layers on a device, and rows through them and through blocks that lie on it too.</summary>
    internal sealed class Reader : IDisposable
    {
        private readonly UnfrozenEncoder _encoder;
        private readonly Encoder _below;
        private readonly Tensor? _shifts, _scales; // [width]
        private readonly Dictionary<int, int> _places = []; // of a sequence's first token in what is kept
        private Tensor? _kept; // [tokens, hidden]: vectors below the blocks

        /// <exception cref="UserErrorException">The device is misspelt or absent.</exception>
        public Reader(UnfrozenEncoder encoder)
        {
            // On the processor one thread works on a fit: with more the sums over a batch would depend on their number, and on a busy
            // machine two are 20 times slower.
            Engine = new TorchEngine(encoder.Device, threads: 1);
            var shape = encoder.Shape with { Layers = encoder.Shape.Layers - encoder.Blocks, WithoutPooler = true };
            _encoder = encoder;
            _below = new Encoder(
                shape, encoder.Weights.Only(EncoderParameter.OfEncoder(shape)), device: Device, precision: encoder.Precision);
            _below.eval();
            if (encoder.Standard is not { } standard) return;
            using var scope = NewDisposeScope();
            _shifts = tensor([.. standard.Means.Select(mean => (float)-mean)], device: Device).DetachFromDisposeScope();
            _scales = tensor([.. standard.Spreads.Select(spread => spread > 0 ? (float)(1 / spread) : 0)], device: Device)
                .DetachFromDisposeScope();
        }

        public TorchEngine Engine { get; }
        public Device Device => Engine.Device;

        /// <summary>Computes what is below the blocks for these rows once and for all, unless that is too much to keep.</summary>
        /// <exception cref="StoppedException">Asked to stop.</exception>
        public void Keep(IReadOnlyList<int> rows)
        {
            var (tokens, run) = (_encoder.Tokens, _encoder.Run);
            int[] sequences = [.. _encoder.Sequences(_encoder.Texts(rows)).Distinct().OrderByDescending(tokens.Length)];
            var count = sequences.Sum(sequence => (long)tokens.Length(sequence));
            if (count * _encoder.Shape.HiddenSize > MostKept) return;
            LibTorch.UseThreads(Engine.Threads);
            using var silent = no_grad();
            using var progress = run.Progress.Begin($"layers of {_encoder.Name} below its trained blocks", "sequences", sequences.Length);
            _kept = empty(count, _encoder.Shape.HiddenSize, device: Device).DetachFromDisposeScope();
            var place = 0;
            for (var first = 0; first < sequences.Length; first += Batch)
            {
                run.Stop.ThrowIfSet();
                using var scope = NewDisposeScope();
                var some = sequences.AsSpan(first, Math.Min(Batch, sequences.Length - first));
                var batch = TokenBatch.Of(tokens.Pick(some), Device);
                var vectors = batch.Packed(_below.call(batch));
                _kept.narrow(0, place, vectors.shape[0]).copy_(vectors);
                foreach (var sequence in some)
                {
                    _places[sequence] = place;
                    place += tokens.Length(sequence);
                }
                progress.Report(first + some.Length);
            }
        }

        /// <summary>What heads read of some rows, [rows, width], on the device; gradients reach the blocks and end there.</summary>
        public Tensor Read(Encoder.Blocks blocks, IReadOnlyList<int> rows)
        {
            LibTorch.UseThreads(Engine.Threads);
            using var scope = NewDisposeScope();
            var texts = _encoder.Texts(rows);
            var sequences = _encoder.Sequences(texts);
            var batch = TokenBatch.Of(_encoder.Tokens.Pick(sequences), Device);
            var vectors = blocks.Forward(Below(sequences, batch), Bias(batch));
            var features = batch.Pool(vectors, _encoder.Pooling, blocks.Pooled);
            if (sequences.Length > texts.Length) features = Averages(texts, sequences.Length).mm(features);
            if (_encoder.OfPair is { } ofPair)
                features = ofPair(features.narrow(0, 0, rows.Count), features.narrow(0, rows.Count, rows.Count));
            if (_shifts is not null) features = features.Plus(_shifts).mul(_scales!);
            return features.MoveToOuterDisposeScope();
        }

        public void Dispose()
        {
            foreach (var owned in (IDisposable?[])[_below, _kept, _shifts, _scales]) owned?.Dispose();
        }

        /// <summary>The layers below the blocks, [sequences, length, hidden].</summary>
        private Tensor Below(int[] sequences, TokenBatch batch)
        {
            using var silent = no_grad();
            if (_kept is null) return _below.call(batch);
            using var scope = NewDisposeScope();
            var length = (int)batch.Length;
            var places = new long[sequences.Length * length];
            for (var i = 0; i < places.Length; i++)
            {
                var (sequence, position) = (sequences[i / length], i % length);
                // Padding is never looked at, so any vector will do.
                places[i] = _places[sequence] + Math.Min(position, _encoder.Tokens.Length(sequence) - 1);
            }
            return _kept.index_select(0, tensor(places, device: Device)).view(sequences.Length, length, -1).MoveToOuterDisposeScope();
        }

        private Tensor? Bias(TokenBatch batch)
        {
            using var silent = no_grad();
            return _below.AttentionBias(batch);
        }

        /// <summary>[texts, sequences]: the shares of each text's sequences, which follow one another.</summary>
        private Tensor Averages(int[] texts, int sequences)
        {
            var (shares, place) = (new float[texts.Length * sequences], 0);
            for (var i = 0; i < texts.Length; i++)
            {
                var parts = _encoder.Offsets[texts[i] + 1] - _encoder.Offsets[texts[i]];
                shares.AsSpan(i * sequences + place, parts).Fill(1f / parts);
                place += parts;
            }
            return tensor(shares, [texts.Length, sequences], device: Device);
        }
    }
}
