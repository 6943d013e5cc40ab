using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace W2S.Models;

/// <summary>The element types that checkpoints hold, under their safetensors names; C128 is PyTorch's alone.</summary>
public enum TensorType
{
    F32,
    F64,
    I64,
    F16,
    BF16,
    I32,
    I16,
    I8,
    U8,
    BOOL,
    U16,
    U32,
    U64,
    F8_E4M3,
    F8_E5M2,
    C64,
    C128,
}

/// <summary>A tensor in main memory as files hold it: name, element type, shape, row-major little-endian bytes.</summary>
public sealed record NamedTensor(string Name, TensorType Type, long[] Shape, byte[] Bytes)
{
    /// <summary>A tensor of these values.</summary>
    public static NamedTensor Of(string name, ReadOnlySpan<float> values, params long[] shape) =>
        Create(name, TensorType.F32, values, shape);

    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, long[])"/>
    public static NamedTensor Of(string name, ReadOnlySpan<double> values, params long[] shape) =>
        Create(name, TensorType.F64, values, shape);

    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, long[])"/>
    public static NamedTensor Of(string name, ReadOnlySpan<long> values, params long[] shape) =>
        Create(name, TensorType.I64, values, shape);

    /// <summary>The elements, which must be of type <typeparamref name="T"/>.</summary>
    public ReadOnlySpan<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <summary>
    /// The same tensor in float32, itself if it is that already. Integers beyond 2^24 and most float64 are rounded; BOOL becomes
    /// 0 and 1. Complex numbers have no float32 and throw.
    /// </summary>
    public NamedTensor ToFloat32() => Type == TensorType.F32 ? this : Of(Name, ToSingles(), Shape);

    /// <summary>For people: "[16, 8]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    /// <summary>The tensor for those who look at a file.</summary>
    public Summary Summarise() => new(
        Name, Type.ToString().ToLowerInvariant(), Shape, System.Convert.ToHexStringLower(SHA256.HashData(Bytes)),
        [.. Enumerable.Range(0, Math.Min(Summary.FirstValues, Count())).Select(index => Speakable(Exact(index)))]);

    /// <summary>Number of elements.</summary>
    internal int Count() => Bytes.Length / Type.ElementBytes();

    /// <summary>All elements, row-major, rounded to float32.</summary>
    internal float[] ToSingles() => Type switch
    {
        TensorType.F32 => As<float>().ToArray(),
        TensorType.F64 => Convert<double>(value => (float)value),
        TensorType.F16 => Convert<Half>(value => (float)value),
        TensorType.BF16 => Convert<ushort>(Widened),
        TensorType.I64 => Convert<long>(value => value),
        TensorType.I32 => Convert<int>(value => value),
        TensorType.I16 => Convert<short>(value => value),
        TensorType.I8 => Convert<sbyte>(value => value),
        TensorType.U8 => Convert<byte>(value => value),
        TensorType.BOOL => Convert<byte>(value => value != 0 ? 1 : 0),
        TensorType.U16 => Convert<ushort>(value => value),
        TensorType.U32 => Convert<uint>(value => value),
        TensorType.U64 => Convert<ulong>(value => value),
        TensorType.F8_E4M3 => Convert<byte>(FromE4M3),
        TensorType.F8_E5M2 => Convert<byte>(FromE5M2),
        _ => throw new ArgumentOutOfRangeException(nameof(Type)),
    };

    /// <summary>One element without rounding: a bool, long, ulong or double, or the text of a complex number as Python writes it.</summary>
    /// <param name="index">Its position in row-major order.</param>
    internal object Exact(int index) => Type switch
    {
        TensorType.F32 => (double)As<float>()[index],
        TensorType.F64 => As<double>()[index],
        TensorType.F16 => (double)As<Half>()[index],
        TensorType.BF16 => (double)Widened(As<ushort>()[index]),
        TensorType.I64 => As<long>()[index],
        TensorType.I32 => (long)As<int>()[index],
        TensorType.I16 => (long)As<short>()[index],
        TensorType.I8 => (long)As<sbyte>()[index],
        TensorType.U8 => (long)Bytes[index],
        TensorType.BOOL => Bytes[index] != 0,
        TensorType.U16 => (long)As<ushort>()[index],
        TensorType.U32 => (long)As<uint>()[index],
        TensorType.U64 => As<ulong>()[index],
        TensorType.F8_E4M3 => (double)FromE4M3(Bytes[index]),
        TensorType.F8_E5M2 => (double)FromE5M2(Bytes[index]),
        TensorType.C64 => Complex(As<float>()[2 * index], As<float>()[2 * index + 1]),
        TensorType.C128 => Complex(As<double>()[2 * index], As<double>()[2 * index + 1]),
        _ => throw new ArgumentOutOfRangeException(nameof(Type)),
    };

    private static object Speakable(object value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => value,
    };

    /// <summary>bfloat16 is the upper half of a float32.</summary>
    private static float Widened(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>
    /// Four bits of exponent (bias 7), three of fraction; no infinities, and S.1111.111 is NaN (Micikevicius et al., 2022).
    /// </summary>
    private static float FromE4M3(byte bits)
    {
        var (exponent, fraction) = (bits >> 3 & 15, bits & 7);
        var size = (bits & 127) == 127 ? float.NaN : exponent == 0 ? MathF.ScaleB(fraction, -9) : MathF.ScaleB(8 + fraction, exponent - 10);
        return bits > 127 ? -size : size;
    }

    /// <summary>The upper half of a float16.</summary>
    private static float FromE5M2(byte bits) => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8));

    private static string Complex(double real, double imaginary) =>
        string.Create(CultureInfo.InvariantCulture, $"{real}{(double.IsNegative(imaginary) ? "" : "+")}{imaginary}j");

    private float[] Convert<T>(Func<T, float> convert) where T : unmanaged
    {
        var values = As<T>();
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++) result[i] = convert(values[i]);
        return result;
    }

    private static NamedTensor Create<T>(string name, TensorType type, ReadOnlySpan<T> values, long[] shape) where T : unmanaged
    {
        if (shape.Aggregate(1L, (product, size) => product * size) != values.Length)
            throw new ArgumentException(
                $"{name}: {values.Length} values cannot have the shape [{string.Join(", ", shape)}].", nameof(shape));
        return new NamedTensor(name, type, shape, MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>A tensor for those who look at a file.</summary>
    /// <param name="Dtype">Its element type in small letters: f32, bf16, i64, bool.</param>
    /// <param name="Sha256">Over its elements: row-major, little-endian, in their own type.</param>
    /// <param name="First">
    /// The first values, at most <see cref="FirstValues"/>: bool, long, double, or texts: "nan", "inf" and "-inf", for which JSON
    /// has no numbers, and complex ones.
    /// </param>
    public sealed record Summary(string Name, string Dtype, IReadOnlyList<long> Shape, string Sha256, IReadOnlyList<object> First)
    {
        /// <summary>So many values are shown.</summary>
        public const int FirstValues = 24;
    }
}

/// <summary>Tensors of a file found by name, type and shape.</summary>
public static class NamedTensors
{
    /// <summary>The float32 tensor of that name and shape.</summary>
    /// <exception cref="InvalidDataException">It is missing, of another type or of another shape.</exception>
    public static ReadOnlySpan<float> Floats(this IReadOnlyDictionary<string, NamedTensor> tensors, string name, params long[] shape) =>
        Find<float>(tensors, name, TensorType.F32, shape);

    /// <inheritdoc cref="Floats"/>
    public static ReadOnlySpan<double> Doubles(this IReadOnlyDictionary<string, NamedTensor> tensors, string name, params long[] shape) =>
        Find<double>(tensors, name, TensorType.F64, shape);

    /// <inheritdoc cref="Floats"/>
    public static ReadOnlySpan<long> Longs(this IReadOnlyDictionary<string, NamedTensor> tensors, string name, params long[] shape) =>
        Find<long>(tensors, name, TensorType.I64, shape);

    /// <summary>The same tensors under longer names.</summary>
    internal static IEnumerable<NamedTensor> Prefixed(this IEnumerable<NamedTensor> tensors, string prefix) =>
        tensors.Select(tensor => tensor with { Name = prefix + tensor.Name });

    /// <summary>The tensors with that prefix, under their short names.</summary>
    internal static IReadOnlyDictionary<string, NamedTensor> Unprefixed(
        this IReadOnlyDictionary<string, NamedTensor> tensors, string prefix) =>
        tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => pair.Value)
            .ToDictionary(tensor => tensor.Name[prefix.Length..], tensor => tensor with { Name = tensor.Name[prefix.Length..] });

    private static ReadOnlySpan<T> Find<T>(
        IReadOnlyDictionary<string, NamedTensor> tensors, string name, TensorType type, long[] shape) where T : unmanaged
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException($"The tensor {name} is missing.");
        if (tensor.Type != type || !tensor.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException(
                $"The tensor {name} is {tensor.Type} {tensor.ShapeText} where {type} [{string.Join(", ", shape)}] is needed.");
        return tensor.As<T>();
    }
}
