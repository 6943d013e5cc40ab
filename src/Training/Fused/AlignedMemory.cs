using System.Runtime.InteropServices;

namespace W2S.Training.Fused;

/// <summary>Zeroed floats outside the garbage-collected heap, aligned to cache lines: loads of whole registers never straddle two.</summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    private const int CacheLine = 64;

    public AlignedMemory(long floats)
    {
        Length = floats;
        Floats = (float*)NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), CacheLine);
        NativeMemory.Clear(Floats, (nuint)(floats * sizeof(float)));
    }

    ~AlignedMemory() => Free();

    public float* Floats { get; private set; }

    public long Length { get; }

    public Span<float> Span(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length, nameof(length));
        return new Span<float>(Floats + start, length);
    }

    /// <summary>The least multiple of <paramref name="unit"/> that is not below <paramref name="count"/>.</summary>
    public static int RoundUp(int count, int unit) => (count + unit - 1) / unit * unit;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Floats);
        Floats = null;
    }
}
