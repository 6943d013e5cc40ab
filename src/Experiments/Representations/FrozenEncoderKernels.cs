namespace W2S.Experiments;

/// <summary>Features by the fused kernels, which compute no padding, over all cores.</summary>
internal sealed class FrozenEncoderKernels(EncoderShape shape, EncoderWeights weights, EncoderPooling pooling, int threads) : SequenceReader
{
    // A thread's share of the work, whatever the number of threads: so its results do not depend on that either.
    private const int Share = 64;

    // Each thread has a copy of the weights. Beyond this, 160 MB a thread, libtorch's products over all cores are the better way.
    private const int MostParameters = 40_000_000;

    private readonly FusedEncoder?[] _encoders = new FusedEncoder?[threads];

    public static bool Suit(EncoderShape shape, EncoderWeights weights) => shape.IsPlain && weights.Values.Length <= MostParameters;

    public override int Block => 2 * Share * threads;

    public override float[] Read(PackedTokens tokens, ReadingProgress progress)
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
