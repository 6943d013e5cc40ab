using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace W2S.Data;

/// <summary>How numbers are stored: what they are, in how many bytes, and in which order.</summary>
/// <param name="Kind">
/// By NumPy's letter: f, i (with a sign), u (without), b (whatever is not 0 counts as 1); and <see cref="Brain"/>.
/// </param>
internal readonly record struct ElementFormat(char Kind, int Size, bool BigEndian = false)
{
    /// <summary>bfloat16: the upper half of a float32, for which NumPy has no letter.</summary>
    public const char Brain = 'B';

    public static ElementFormat Float32 { get; } = new('f', sizeof(float));

    public static ElementFormat Float64 { get; } = new('f', sizeof(double));

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
