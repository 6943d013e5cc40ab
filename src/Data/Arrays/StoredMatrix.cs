using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>Numbers [Rows, Width] somewhere in an open file. Reading changes nothing here, so several threads may.</summary>
/// <param name="Start">Where the first number stands, in bytes.</param>
/// <param name="ColumnMajor">Fortran's order: a column after the other.</param>
internal sealed record StoredMatrix(
    SafeFileHandle File, long Start, ElementFormat Format, long Rows, int Width, bool ColumnMajor) : IDisposable
{
    private const int BufferBytes = 1 << 18;

    /// <param name="rows">[n, Width], row-major.</param>
    /// <param name="name">What messages call the file.</param>
    public void Read<T>(long firstRow, Span<T> rows, string name) where T : unmanaged, INumber<T>
    {
        var count = rows.Length / Width;
        if (rows.Length % Width != 0) throw new ArgumentException($"{rows.Length} numbers are no rows of {Width}.", nameof(rows));
        if (firstRow < 0 || firstRow > Rows - count)
            throw new ArgumentOutOfRangeException(nameof(firstRow), firstRow, $"{name} has {Rows} rows.");
        if (!ColumnMajor || Width == 1) Elements(firstRow * Width, rows, name);
        else ReadColumns(firstRow, rows, name);
    }

    public void Dispose() => File.Dispose();

    private void ReadColumns<T>(long firstRow, Span<T> rows, string name) where T : unmanaged, INumber<T>
    {
        var column = ArrayPool<T>.Shared.Rent(rows.Length / Width);
        var values = column.AsSpan(0, rows.Length / Width);
        for (var place = 0; place < Width; place++)
        {
            Elements(place * Rows + firstRow, values, name);
            for (var row = 0; row < values.Length; row++) rows[row * Width + place] = values[row];
        }
        ArrayPool<T>.Shared.Return(column);
    }

    /// <summary>Numbers that follow one another in the file.</summary>
    private void Elements<T>(long first, Span<T> values, string name) where T : unmanaged, INumber<T>
    {
        var position = Start + first * Format.Size;
        if (Format.Is<T>())
        {
            Bytes(position, MemoryMarshal.AsBytes(values), name);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var most = BufferBytes / Format.Size;
        for (var done = 0; done < values.Length; done += most)
        {
            var part = values[done..Math.Min(values.Length, done + most)];
            var bytes = buffer.AsSpan(0, part.Length * Format.Size);
            Bytes(position + (long)done * Format.Size, bytes, name);
            Format.Decode(bytes, part);
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Bytes(long position, Span<byte> bytes, string name)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(File, bytes, position);
            if (read == 0)
                throw new UserErrorException(
                    $"{name} has been cut short since it was opened. Write it again, and leave it alone while it is read.");
            bytes = bytes[read..];
            position += read;
        }
    }
}
