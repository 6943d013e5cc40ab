namespace TorchSharp;

/// <summary>A number for an operator. Made by implicit conversion; the operator decides in which type it computes.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(torch.ScalarType type, long integer, double real) => (Type, Integer, Real) = (type, integer, real);

    public torch.ScalarType Type { get; }

    internal long Integer { get; }
    internal double Real { get; }
    internal bool IsReal => Type is torch.ScalarType.Float32 or torch.ScalarType.Float64;

    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, value ? 1 : 0, value ? 1 : 0);
    public static implicit operator Scalar(byte value) => new(torch.ScalarType.Byte, value, value);
    public static implicit operator Scalar(int value) => new(torch.ScalarType.Int32, value, value);
    public static implicit operator Scalar(long value) => new(torch.ScalarType.Int64, value, value);
    public static implicit operator Scalar(float value) => new(torch.ScalarType.Float32, (long)value, value);
    public static implicit operator Scalar(double value) => new(torch.ScalarType.Float64, (long)value, value);

    /// <summary>Nothing to free; the genuine one holds native memory.</summary>
    public void Dispose() { }
}

public static class ScalarExtensionMethods
{
    public static bool ToBoolean(this Scalar value) => value.IsReal ? value.Real != 0 : value.Integer != 0;
    public static int ToInt32(this Scalar value) => checked((int)value.ToInt64());
    public static long ToInt64(this Scalar value) => value.Integer;
    public static float ToSingle(this Scalar value) => (float)value.ToDouble();
    public static double ToDouble(this Scalar value) => value.IsReal ? value.Real : value.Integer;

    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
}
