namespace TorchSharp;

public static partial class torch
{
    /// <summary>Element types, with libtorch's numbers.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        Bool = 11,
        BFloat16 = 15,
    }

    public static ScalarType uint8 = ScalarType.Byte;
    public static ScalarType int32 = ScalarType.Int32;
    public static ScalarType int64 = ScalarType.Int64;
    public static ScalarType float16 = ScalarType.Float16;
    public static ScalarType bfloat16 = ScalarType.BFloat16;
    public static ScalarType float32 = ScalarType.Float32;
    public static ScalarType float64 = ScalarType.Float64;
    public static ScalarType @bool = ScalarType.Bool;

    /// <summary>The element type that a .NET type is stored as.</summary>
    internal static ScalarType TypeOf(Type type) => type switch
    {
        _ when type == typeof(float) => ScalarType.Float32,
        _ when type == typeof(double) => ScalarType.Float64,
        _ when type == typeof(long) => ScalarType.Int64,
        _ when type == typeof(int) => ScalarType.Int32,
        _ when type == typeof(short) => ScalarType.Int16,
        _ when type == typeof(sbyte) => ScalarType.Int8,
        _ when type == typeof(byte) => ScalarType.Byte,
        _ when type == typeof(bool) => ScalarType.Bool,
        _ => throw new NotSupportedException($"Tensors of {type} are not supported."),
    };
}
