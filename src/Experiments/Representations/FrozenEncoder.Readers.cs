using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Experiments;

// Who computes features: the fused kernels, or libtorch.
internal sealed partial class FrozenEncoder
{
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
            EncoderShape shape, EncoderWeights weights, EncoderPooling pooling, string device, int threads, double dropout = 0,
            long seed = 0)
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
