using System.Runtime.InteropServices;

namespace W2S.Training.Fused;

/// <summary>
/// Zeroed floats outside the garbage-collected heap, aligned to cache lines: loads of whole registers never straddle two.
/// </summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    private const int CacheLine = 64;

    private void* _block;

    /// <remarks>
    /// The system's fresh pages are zero and take no memory before they are written: gradients that nobody computes cost
    /// nothing.
    /// </remarks>
    public AlignedMemory(long floats)
    {
        Length = floats;
        _block = NativeMemory.AllocZeroed((nuint)(floats * sizeof(float) + CacheLine));
        Floats = (float*)(((nuint)_block + CacheLine - 1) / CacheLine * CacheLine);
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
        NativeMemory.Free(_block);
        _block = null;
        Floats = null;
    }
}
