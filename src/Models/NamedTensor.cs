using System.Runtime.InteropServices;

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
    public static NamedTensor Of(string name, ReadOnlySpan<float> values, params long[] shape) => Create(name, TensorType.F32, values, shape);

    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, long[])"/>
    public static NamedTensor Of(string name, ReadOnlySpan<double> values, params long[] shape) => Create(name, TensorType.F64, values, shape);

    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, long[])"/>
    public static NamedTensor Of(string name, ReadOnlySpan<long> values, params long[] shape) => Create(name, TensorType.I64, values, shape);

    /// <summary>The elements, which must be of type <typeparamref name="T"/>.</summary>
    public ReadOnlySpan<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <summary>
    /// The same tensor in float32, itself if it is that already. Integers beyond 2^24 and most float64 are rounded; BOOL becomes
    /// 0 and 1. Complex numbers have no float32 and throw.
    /// </summary>
    public NamedTensor ToFloat32() => Type == TensorType.F32 ? this : Of(Name, TensorValues.ToSingles(this), Shape);

    /// <summary>For people: "[16, 8]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    private static NamedTensor Create<T>(string name, TensorType type, ReadOnlySpan<T> values, long[] shape) where T : unmanaged
    {
        if (shape.Aggregate(1L, (product, size) => product * size) != values.Length)
            throw new ArgumentException($"{name}: {values.Length} values cannot have the shape [{string.Join(", ", shape)}].", nameof(shape));
        return new NamedTensor(name, type, shape, MemoryMarshal.AsBytes(values).ToArray());
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

    private static ReadOnlySpan<T> Find<T>(IReadOnlyDictionary<string, NamedTensor> tensors, string name, TensorType type, long[] shape) where T : unmanaged
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException($"The tensor {name} is missing.");
        if (tensor.Type != type || !tensor.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException(
                $"The tensor {name} is {tensor.Type} {tensor.ShapeText} where {type} [{string.Join(", ", shape)}] is needed.");
        return tensor.As<T>();
    }
}
