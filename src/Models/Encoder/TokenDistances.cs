namespace W2S.Models;

/// <summary>
/// The buckets of distances between tokens that MPNet (Song et al., 2020) took from T5 (Raffel et al., 2020): half of them for
/// what comes after a token; of each half, half for single distances, the rest growing with their logarithm up to 128.
/// </summary>
internal static class TokenDistances
{
    private const int Farthest = 128;

    /// <returns>[length, length]: for each token, the bucket of every token's distance from it.</returns>
    public static long[] Buckets(int length, int buckets)
    {
        var table = new long[length * length];
        for (var from = 0; from < length; from++)
        for (var to = 0; to < length; to++)
            table[from * length + to] = Bucket(to - from, buckets);
        return table;
    }

    private static int Bucket(int distance, int buckets)
    {
        var (half, size) = (buckets / 2, Math.Abs(distance));
        var single = half / 2;
        // In float32 as PyTorch has it: a distance at a bucket's edge depends on it.
        var bucket = size < single
            ? size
            : Math.Min(half - 1, single + (int)(MathF.Log((float)size / single) / MathF.Log((float)((double)Farthest / single)) * (half - single)));
        return distance > 0 ? half + bucket : bucket;
    }
}
