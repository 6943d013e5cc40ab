using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>Scalars that nothing collects, for TorchSharp's operations, and the operations that else make one of their own.</summary>
/// <remarks>
/// A number given to an operation becomes a <see cref="Scalar"/>, which nobody refers to any more while the native call reads it:
/// a garbage collection in that moment frees it, and the call fails or computes with whatever lies there. Hence such operations
/// are banned in W2S (build/BannedSymbols.txt), a + b among them. See docs/torchsharp.md.
/// </remarks>
public static class Held
{
    private static readonly ConcurrentDictionary<double, Scalar> Scalars = [];

    /// <summary>1, of an integer type: for tensors of every type.</summary>
    public static readonly Scalar One = 1.ToScalar();

    /// <summary>0, of an integer type.</summary>
    public static readonly Scalar Zero = 0.ToScalar();

    /// <summary>
    /// A scalar for as long as the program runs: for the few numbers that recur. Others: <c>using var held = number.ToScalar();</c>
    /// </summary>
    public static Scalar Of(double number) => Scalars.GetOrAdd(number, number => number.ToScalar());

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>The tensor's elements times one of the few numbers that recur.</summary>
    public static Tensor Times(this Tensor left, double number) => left.mul(Of(number));

    /// <summary>The tensor's elements, squared.</summary>
    public static Tensor Squared(this Tensor tensor) => tensor.mul(tensor);
}
