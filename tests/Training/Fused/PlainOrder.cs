using System.Numerics;

namespace W2S.Training.Tests.Fused;

/// <summary>
/// The promised order of samples, written anew from its sources and not with the program's own code: SplitMix64 (Steele, Lea and
/// Flood, 2014) over the keys, xoshiro256** (Blackman and Vigna, 2018), bounded by multiplication (Lemire, 2019), inside-out shuffle.
/// </summary>
internal static class PlainOrder
{
    /// <summary>The batches of an epoch, the last as small as it comes.</summary>
    /// <param name="index">Of the stream: which epoch, and of which task.</param>
    public static int[][] Batches(int samples, int batch, long seed, string stream, long index) =>
        [.. Of(samples, seed, stream, index).Chunk(batch)];

    public static int[] Of(int samples, long seed, string stream, long index)
    {
        const ulong golden = 0x9E3779B97F4A7C15;
        var key = Scramble(unchecked((ulong)seed + golden + golden));
        foreach (var letter in stream) key = Scramble(unchecked((key ^ letter) + golden + golden));
        key = Scramble(unchecked((key ^ (ulong)index) + golden + golden));
        ulong[] state = [.. Enumerable.Range(1, 4).Select(n => Scramble(unchecked(key + (ulong)n * golden)))];

        var order = new List<int>();
        for (var sample = 0; sample < samples; sample++)
        {
            var place = (int)((UInt128)Next(state) * (UInt128)(sample + 1) >> 64);
            if (place == sample)
            {
                order.Add(sample);
                continue;
            }
            order.Add(order[place]);
            order[place] = sample;
        }
        return [.. order];
    }

    private static ulong Next(ulong[] state)
    {
        var number = unchecked(BitOperations.RotateLeft(unchecked(state[1] * 5), 7) * 9);
        var shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = BitOperations.RotateLeft(state[3], 45);
        return number;
    }

    private static ulong Scramble(ulong z)
    {
        z = unchecked((z ^ z >> 30) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ z >> 27) * 0x94D049BB133111EB);
        return z ^ z >> 31;
    }
}
