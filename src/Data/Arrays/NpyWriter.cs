using System.Runtime.InteropServices;

namespace W2S.Data;

/// <summary>Writes an array of float32 [rows, width] as .npy of version 1, a block of rows after the other.</summary>
public sealed class NpyWriter
{
    // numpy.lib.format aligns the numbers so that the file can be mapped.
    private const int Alignment = 64, PrefixBytes = 10;

    private readonly Stream _stream;
    private readonly long _numbers;
    private long _written;

    /// <param name="stream">Gets the header at once; it stays open.</param>
    public NpyWriter(Stream stream, long rows, int width)
    {
        (_stream, _numbers) = (stream, rows * width);
        var header = string.Create(
            CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}");
        var length = (PrefixBytes + header.Length + 1 + Alignment - 1) / Alignment * Alignment - PrefixBytes;
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
    }

    /// <summary>The next rows.</summary>
    /// <exception cref="ArgumentException">They are more than was said.</exception>
    public void Write(ReadOnlySpan<float> rows)
    {
        if (rows.Length > _numbers - _written)
            throw new ArgumentException(
                $"{_written + rows.Length} numbers are more than the {_numbers} that the header promises.", nameof(rows));
        _stream.Write(MemoryMarshal.AsBytes(rows));
        _written += rows.Length;
    }

    /// <summary>To be called after the last row.</summary>
    /// <exception cref="InvalidOperationException">Rows are missing.</exception>
    public void Complete()
    {
        if (_written != _numbers) throw new InvalidOperationException($"{_written} of {_numbers} numbers were written.");
    }
}
