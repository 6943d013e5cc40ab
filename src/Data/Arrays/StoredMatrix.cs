using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>Numbers [Rows, Width] somewhere in an open file. Reading changes nothing here, so several threads may.</summary>
/// <param name="Start">Where the first number stands, in bytes.</param>
/// <param name="ColumnMajor">Fortran's order: a column after the other.</param>
internal sealed record StoredMatrix(
    SafeFileHandle File, long Start, StoredMatrix.Element Format, long Rows, int Width, bool ColumnMajor) : IDisposable
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

    /// <summary>How numbers are stored: what they are, in how many bytes, and in which order.</summary>
    /// <param name="Kind">
    /// By NumPy's letter: f, i (with a sign), u (without), b (whatever is not 0 counts as 1); and <see cref="Brain"/>.
    /// </param>
    public readonly record struct Element(char Kind, int Size, bool BigEndian = false)
    {
        /// <summary>bfloat16: the upper half of a float32, for which NumPy has no letter.</summary>
        public const char Brain = 'B';

        public static Element Float32 { get; } = new('f', sizeof(float));

        public static Element Float64 { get; } = new('f', sizeof(double));

        /// <summary>Whether the bytes in the file are those of a <typeparamref name="T"/> in memory.</summary>
        public bool Is<T>() where T : unmanaged =>
            Kind == 'f' && Size == Marshal.SizeOf<T>() && BigEndian != BitConverter.IsLittleEndian;

        /// <param name="bytes">Of as many elements as there are values; their order may be changed.</param>
        public void Decode<T>(Span<byte> bytes, Span<T> values) where T : unmanaged, INumber<T>
        {
            if (BigEndian == BitConverter.IsLittleEndian) Reverse(bytes);
            switch (Kind, Size)
            {
                case ('f', 2): Convert<Half, T>(bytes, values); break;
                case ('f', 4): Convert<float, T>(bytes, values); break;
                case ('f', 8): Convert<double, T>(bytes, values); break;
                case ('i', 1): Convert<sbyte, T>(bytes, values); break;
                case ('i', 2): Convert<short, T>(bytes, values); break;
                case ('i', 4): Convert<int, T>(bytes, values); break;
                case ('i', 8): Convert<long, T>(bytes, values); break;
                case ('u', 1): Convert<byte, T>(bytes, values); break;
                case ('u', 2): Convert<ushort, T>(bytes, values); break;
                case ('u', 4): Convert<uint, T>(bytes, values); break;
                case ('u', 8): Convert<ulong, T>(bytes, values); break;
                case ('b', 1):
                    for (var i = 0; i < values.Length; i++) values[i] = bytes[i] != 0 ? T.One : T.Zero;
                    break;
                case (Brain, 2):
                    var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                    for (var i = 0; i < values.Length; i++)
                        values[i] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)halves[i] << 16));
                    break;
                default: throw new InvalidOperationException($"There are no numbers of {Size} bytes of the kind '{Kind}'.");
            }
        }

        private static void Convert<TFrom, TTo>(ReadOnlySpan<byte> bytes, Span<TTo> values)
            where TFrom : unmanaged, INumberBase<TFrom>
            where TTo : unmanaged, INumber<TTo>
        {
            var stored = MemoryMarshal.Cast<byte, TFrom>(bytes);
            for (var i = 0; i < values.Length; i++) values[i] = TTo.CreateTruncating(stored[i]);
        }

        private void Reverse(Span<byte> bytes)
        {
            switch (Size)
            {
                case 2:
                    var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                    BinaryPrimitives.ReverseEndianness(halves, halves);
                    break;
                case 4:
                    var words = MemoryMarshal.Cast<byte, uint>(bytes);
                    BinaryPrimitives.ReverseEndianness(words, words);
                    break;
                case 8:
                    var doubles = MemoryMarshal.Cast<byte, ulong>(bytes);
                    BinaryPrimitives.ReverseEndianness(doubles, doubles);
                    break;
            }
        }
    }
}
