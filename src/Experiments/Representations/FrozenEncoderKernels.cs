using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Features by the fused kernels, which compute no padding, over all cores.</summary>
internal static class FrozenEncoderKernels
{
    // A thread's share of the work, whatever the number of threads: so its results do not depend on that either.
    public const int Share = 64;

    // Each thread has a copy of the weights. Beyond this, 160 MB a thread, libtorch's products over all cores are the better way.
    private const int MostParameters = 40_000_000;

    public static bool Suit(EncoderShape shape, EncoderWeights weights) => shape.IsPlain && weights.Values.Length <= MostParameters;

    /// <returns>[sequences, hidden], row-major.</returns>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static float[] Features(EncoderShape shape, EncoderWeights weights, PackedTokens tokens, EncoderPooling pooling, int threads, FrozenEncoderReading reading)
    {
        var order = ByLength(tokens);
        var features = new float[tokens.Sequences * shape.HiddenSize];
        var (shares, taken) = ((order.Length + Share - 1) / Share, -1);
        Parallel.For(0, Math.Min(threads, shares), new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            using var encoder = new FusedEncoder(shape);
            encoder.Load(weights);
            while (Interlocked.Increment(ref taken) is var share && share < shares)
            {
                var sequences = order.AsSpan(share * Share, Math.Min(Share, order.Length - share * Share));
                Place(encoder.Features(tokens.Pick(sequences), pooling), sequences, features, shape.HiddenSize);
                if (!reading.Goes(sequences.Length)) return;
            }
        });
        reading.ThrowIfStopped();
        return features;
    }

    /// <summary>The sequences' numbers, the longest first, so that none of the large ones is left for the end.</summary>
    public static int[] ByLength(PackedTokens tokens) =>
        [.. Enumerable.Range(0, tokens.Sequences).OrderByDescending(tokens.Length).ThenBy(sequence => sequence)];

    /// <summary>Puts the rows of some sequences where they belong.</summary>
    public static void Place(ReadOnlySpan<float> rows, ReadOnlySpan<int> sequences, float[] features, int width)
    {
        for (var i = 0; i < sequences.Length; i++) rows.Slice(i * width, width).CopyTo(features.AsSpan(sequences[i] * width));
    }
}
