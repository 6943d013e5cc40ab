using System.Globalization;
using System.Runtime.InteropServices;

namespace W2S.Models;

/// <summary>The elements of tensors of any type as numbers.</summary>
internal static class TensorValues
{
    /// <summary>Elements of a tensor.</summary>
    public static int Count(this NamedTensor tensor) => tensor.Bytes.Length / tensor.Type.ElementBytes();

    /// <summary>All elements, row-major, rounded to float32.</summary>
    public static float[] ToSingles(NamedTensor tensor) => tensor.Type switch
    {
        TensorType.F32 => tensor.As<float>().ToArray(),
        TensorType.F64 => Convert<double>(tensor, value => (float)value),
        TensorType.F16 => Convert<Half>(tensor, value => (float)value),
        TensorType.BF16 => Convert<ushort>(tensor, Widened),
        TensorType.I64 => Convert<long>(tensor, value => value),
        TensorType.I32 => Convert<int>(tensor, value => value),
        TensorType.I16 => Convert<short>(tensor, value => value),
        TensorType.I8 => Convert<sbyte>(tensor, value => value),
        TensorType.U8 => Convert<byte>(tensor, value => value),
        TensorType.BOOL => Convert<byte>(tensor, value => value != 0 ? 1 : 0),
        TensorType.U16 => Convert<ushort>(tensor, value => value),
        TensorType.U32 => Convert<uint>(tensor, value => value),
        TensorType.U64 => Convert<ulong>(tensor, value => value),
        TensorType.F8_E4M3 => Convert<byte>(tensor, FromE4M3),
        TensorType.F8_E5M2 => Convert<byte>(tensor, FromE5M2),
        _ => throw new ArgumentOutOfRangeException(nameof(tensor)),
    };

    /// <summary>One element without rounding: a bool, long, ulong or double, or the text of a complex number as Python writes it.</summary>
    /// <param name="index">Its position in row-major order.</param>
    public static object Exact(this NamedTensor tensor, int index) => tensor.Type switch
    {
        TensorType.F32 => (double)tensor.As<float>()[index],
        TensorType.F64 => tensor.As<double>()[index],
        TensorType.F16 => (double)tensor.As<Half>()[index],
        TensorType.BF16 => (double)Widened(tensor.As<ushort>()[index]),
        TensorType.I64 => tensor.As<long>()[index],
        TensorType.I32 => (long)tensor.As<int>()[index],
        TensorType.I16 => (long)tensor.As<short>()[index],
        TensorType.I8 => (long)tensor.As<sbyte>()[index],
        TensorType.U8 => (long)tensor.Bytes[index],
        TensorType.BOOL => tensor.Bytes[index] != 0,
        TensorType.U16 => (long)tensor.As<ushort>()[index],
        TensorType.U32 => (long)tensor.As<uint>()[index],
        TensorType.U64 => tensor.As<ulong>()[index],
        TensorType.F8_E4M3 => (double)FromE4M3(tensor.Bytes[index]),
        TensorType.F8_E5M2 => (double)FromE5M2(tensor.Bytes[index]),
        TensorType.C64 => Complex(tensor.As<float>()[2 * index], tensor.As<float>()[2 * index + 1]),
        TensorType.C128 => Complex(tensor.As<double>()[2 * index], tensor.As<double>()[2 * index + 1]),
        _ => throw new ArgumentOutOfRangeException(nameof(tensor)),
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

    private static float[] Convert<T>(NamedTensor tensor, Func<T, float> convert) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++) result[i] = convert(values[i]);
        return result;
    }
}
