using System.Numerics;
using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>
/// A named stream of random numbers: the same (seed, name, index) always gives the same numbers, whatever else the
/// program drew before. All chance in W2S comes from such streams, so an interrupted run needs no generator state to
/// continue bit for bit, and a panel's data does not depend on which other panels ran.
/// </summary>
/// <remarks>xoshiro256** (Blackman and Vigna, 2018), its state filled by SplitMix64 from a hash of the three keys.</remarks>
public sealed class RandomStream
{
    /// <summary>
    /// Told of every stream that is opened, here and in threads started from here: what a study draws is a matter of record.
    /// </summary>
    internal static readonly AsyncLocal<Action<(long Seed, string Name, long Index)>?> Opened = new();

    private ulong _s0, _s1, _s2, _s3;
    private double _spareNormal = double.NaN;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a corpus opens one for each of its texts before anything is warm
    public RandomStream(long seed, string name, long index = 0)
    {
        Opened.Value?.Invoke((seed, name, index));
        var key = Mix((ulong)seed);
        foreach (var c in name) key = Mix(key ^ c);
        key = Mix(key ^ (ulong)index);
        _s0 = SplitMix(ref key);
        _s1 = SplitMix(ref key);
        _s2 = SplitMix(ref key);
        _s3 = SplitMix(ref key);
    }

    /// <summary>The generator's next 64 bits.</summary>
    public ulong NextUInt64() => Next(ref _s0, ref _s1, ref _s2, ref _s3);

    /// <summary>Uniform in [0, 1), 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 .. <paramref name="bound"/> − 1.</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);
    }

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            var spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }
        while (true)
        {
            var u = 2 * NextDouble() - 1;
            var v = 2 * NextDouble() - 1;
            var square = u * u + v * v;
            if (square is >= 1 or 0) continue;
            var scale = Math.Sqrt(-2 * Math.Log(square) / square);
            _spareNormal = v * scale;
            return u * scale;
        }
    }

    /// <summary>Fills <paramref name="order"/> with a uniformly random order of 0 .. Length − 1 (Fisher–Yates).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Permutation(Span<int> order)
    {
        // Shuffles are a good part of a small network's training time: the state stays in registers.
        var (s0, s1, s2, s3) = (_s0, _s1, _s2, _s3);
        for (var i = 0; i < order.Length; i++)
        {
            var j = (int)Math.BigMul(Next(ref s0, ref s1, ref s2, ref s3), (ulong)i + 1, out _);
            order[i] = order[j];
            order[j] = i;
        }
        (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Next(ref ulong s0, ref ulong s1, ref ulong s2, ref ulong s3)
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        return SplitMix(ref x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
