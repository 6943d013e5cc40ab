using TorchSharp;
using W2S.Models;
using W2S.Training;
using static TorchSharp.torch;

namespace W2S.Experiments;

/// <summary>Features by libtorch: on CUDA, of encoders too large for the fused kernels, and with dropout.</summary>
internal static class FrozenEncoderTorch
{
    private const int Batch = 64;

    /// <param name="dropout">0: none, and the same features each time.</param>
    /// <param name="seed">Of the dropout's chance.</param>
    /// <returns>[sequences, hidden], row-major.</returns>
    /// <exception cref="W2S.Data.UserErrorException">The device is misspelt or absent.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static float[] Features(
        EncoderShape shape, EncoderWeights weights, PackedTokens tokens, EncoderPooling pooling, string device, int threads, FrozenEncoderReading reading,
        double dropout = 0, long seed = 0)
    {
        // Its constructor says what is wrong with a device's name, and sets the threads.
        _ = new TorchEngine(device, threads);
        using var silent = no_grad();
        using var random = dropout > 0 ? new SeededRandomNumbers(seed) : null;
        using var encoder = new Encoder(shape, weights, dropout, torch.device(device));
        if (dropout == 0) encoder.eval();
        var order = FrozenEncoderKernels.ByLength(tokens);
        var features = new float[tokens.Sequences * shape.HiddenSize];
        for (var first = 0; first < order.Length; first += Batch)
        {
            using var scope = NewDisposeScope();
            var sequences = order.AsSpan(first, Math.Min(Batch, order.Length - first));
            var batch = TokenBatch.Of(tokens.Pick(sequences), encoder.Device);
            var vectors = encoder.call(batch);
            var rows = pooling switch
            {
                EncoderPooling.Pooled => encoder.Pooled(vectors),
                EncoderPooling.Cls => vectors.select(1, 0),
                EncoderPooling.Max => batch.Max(vectors),
                _ => batch.Mean(vectors),
            };
            FrozenEncoderKernels.Place(rows.contiguous().cpu().data<float>().ToArray(), sequences, features, shape.HiddenSize);
            if (!reading.Goes(sequences.Length)) reading.ThrowIfStopped();
        }
        return features;
    }
}
