using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace W2S.Data;

/// <summary>What the bytes of one number mean.</summary>
internal enum ElementKind
{
    Float,

    /// <summary>The upper half of a float32.</summary>
    Brain,

    Signed,
    Unsigned,

    /// <summary>One byte; whatever is not 0 counts as 1.</summary>
    Boolean,
}

/// <summary>How numbers are stored: what they are, in how many bytes, and in which order.</summary>
internal readonly record struct ElementFormat(ElementKind Kind, int Size, bool BigEndian = false)
{
    public static ElementFormat Float64 { get; } = new(ElementKind.Float, sizeof(double));

    /// <summary>Whether the bytes in the file are those of a <typeparamref name="T"/> in memory.</summary>
    public bool Is<T>() where T : unmanaged =>
        Kind == ElementKind.Float && Size == Marshal.SizeOf<T>() && BigEndian != BitConverter.IsLittleEndian;

    /// <param name="bytes">Of as many elements as there are values; their order may be changed.</param>
    public void Decode<T>(Span<byte> bytes, Span<T> values) where T : unmanaged, INumber<T>
    {
        if (BigEndian == BitConverter.IsLittleEndian) Reverse(bytes);
        switch (Kind, Size)
        {
            case (ElementKind.Float, 2): Convert<Half, T>(bytes, values); break;
            case (ElementKind.Float, 4): Convert<float, T>(bytes, values); break;
            case (ElementKind.Float, 8): Convert<double, T>(bytes, values); break;
            case (ElementKind.Signed, 1): Convert<sbyte, T>(bytes, values); break;
            case (ElementKind.Signed, 2): Convert<short, T>(bytes, values); break;
            case (ElementKind.Signed, 4): Convert<int, T>(bytes, values); break;
            case (ElementKind.Signed, 8): Convert<long, T>(bytes, values); break;
            case (ElementKind.Unsigned, 1): Convert<byte, T>(bytes, values); break;
            case (ElementKind.Unsigned, 2): Convert<ushort, T>(bytes, values); break;
            case (ElementKind.Unsigned, 4): Convert<uint, T>(bytes, values); break;
            case (ElementKind.Unsigned, 8): Convert<ulong, T>(bytes, values); break;
            case (ElementKind.Boolean, 1):
                for (var i = 0; i < values.Length; i++) values[i] = bytes[i] != 0 ? T.One : T.Zero;
                break;
            case (ElementKind.Brain, 2):
                var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < values.Length; i++)
                    values[i] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)halves[i] << 16));
                break;
            default: throw new InvalidOperationException($"There are no numbers of {Size} bytes that are {Kind}.");
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
