using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Experiments;

/// <summary>Features by libtorch: on CUDA, of encoders too large for the fused kernels, and with dropout.</summary>
internal sealed class FrozenEncoderTorch : SequenceReader
{
    private const int Batch = 64;

    private readonly TorchEngine _engine;
    private readonly Encoder _encoder;
    private readonly EncoderPooling _pooling;
    private readonly SeededRandomNumbers? _random;

    /// <param name="dropout">0: none, and the same features each time.</param>
    /// <param name="seed">Of the dropout's chance, which one pass takes from its beginning to its end.</param>
    /// <exception cref="W2S.Data.UserErrorException">The device is misspelt or absent.</exception>
    public FrozenEncoderTorch(
        EncoderShape shape, EncoderWeights weights, EncoderPooling pooling, string device, int threads, double dropout = 0, long seed = 0)
    {
        _engine = new TorchEngine(device, threads);
        (_pooling, _random) = (pooling, dropout > 0 ? new SeededRandomNumbers(seed) : null);
        _encoder = new Encoder(shape, weights, dropout, _engine.Device);
        if (dropout == 0) _encoder.eval();
    }

    public override int Block => 4 * Batch;

    public override float[] Read(PackedTokens tokens, ReadingProgress progress)
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
