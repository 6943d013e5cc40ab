using static TorchSharp.Dispatcher;

namespace TorchSharp;

/// <summary>The operators as functions; the methods of <see cref="Tensor"/> of the same names do the same.</summary>
public static partial class torch
{
    public static Tensor add(Tensor left, Tensor right) => left.add(right);
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);
    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    public static Tensor abs(Tensor input) => input.abs();
    public static Tensor exp(Tensor input) => input.exp();
    public static Tensor log(Tensor input) => input.log();
    public static Tensor sqrt(Tensor input) => input.sqrt();
    public static Tensor square(Tensor input) => input.square();
    public static Tensor tanh(Tensor input) => input.tanh();
    public static Tensor sigmoid(Tensor input) => input.sigmoid();
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);
    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();
    public static Tensor einsum(string equation, params Tensor[] tensors) => Call("einsum", equation, tensors);
}
