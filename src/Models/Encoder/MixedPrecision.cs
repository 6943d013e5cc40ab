using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>Matrix products in an encoder's precision: single in, single out.</summary>
internal static class MixedPrecision
{
    /// <summary>[rows, in] × [out, in]ᵀ + [out] → [rows, out].</summary>
    public static Tensor Linear(this EncoderPrecision precision, Tensor input, Tensor weight, Tensor bias) => precision == EncoderPrecision.Single
        ? nn.functional.linear(input, weight, bias)
        : nn.functional.linear(input.to(bfloat16), weight.to(bfloat16), bias.to(bfloat16)).to(float32);

    /// <summary>[batch, n, k] × [batch, k, m] → [batch, n, m].</summary>
    public static Tensor Product(this EncoderPrecision precision, Tensor left, Tensor right) => precision == EncoderPrecision.Single
        ? left.bmm(right)
        : left.to(bfloat16).bmm(right.to(bfloat16)).to(float32);
}
