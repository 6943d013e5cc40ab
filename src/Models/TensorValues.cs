using System.Runtime.InteropServices;

namespace W2S.Models;

/// <summary>The elements of tensors of any type as numbers.</summary>
public static class TensorValues
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
        _ => throw new ArgumentOutOfRangeException(nameof(tensor)),
    };

    /// <summary>One element without rounding: a bool, long or double.</summary>
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
        _ => throw new ArgumentOutOfRangeException(nameof(tensor)),
    };

    /// <summary>bfloat16 is the upper half of a float32.</summary>
    private static float Widened(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static float[] Convert<T>(NamedTensor tensor, Func<T, float> convert) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++) result[i] = convert(values[i]);
        return result;
    }
}
