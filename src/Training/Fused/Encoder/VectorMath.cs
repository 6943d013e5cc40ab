using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// Functions of a register in single precision throughout; .NET's own Exp widens to double and takes several times longer.
/// </summary>
internal static unsafe class VectorMath<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>eˣ to within two units in the last place for −87 ≤ x ≤ 88; e⁻⁸⁷ below that range.</summary>
    /// <remarks>x = n·ln 2 + r with |r| ≤ ln 2 / 2; Cephes' polynomial of degree 7 for eʳ (expf.c, S. L. Moshier).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TSimd.AtLeast(TSimd.Broadcast(-87), x);
        var round = TSimd.Broadcast(12582912); // 1.5 · 2²³: adding it leaves no bits for a fraction
        var n = TSimd.Subtract(TSimd.MultiplyAdd(x, TSimd.Broadcast(1.44269504f), round), round);
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(2.12194440e-4f), r);
        var p = TSimd.MultiplyAdd(TSimd.Broadcast(1.9875691500e-4f), r, TSimd.Broadcast(1.3981999507e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(8.3334519073e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(4.1665795894e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.6666665459e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(5.0000001201e-1f));
        p = TSimd.Add(TSimd.MultiplyAdd(p, TSimd.Multiply(r, r), r), TSimd.Broadcast(1));
        return TSimd.Scale(p, n);
    }

    /// <summary>
    /// GELU by the error function, x·Φ(x), and its derivative Φ(x) + x·φ(x), from one exponential: Abramowitz and Stegun
    /// 7.1.26 writes erfc as a polynomial times e^(−x²), which φ needs as well. Φ is off by at most 8e-8 and rounding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu(TVector x, out TVector derivative)
    {
        var magnitude = TSimd.AtLeast(TSimd.Subtract(TSimd.Zero, x), x);
        var bell = Exp(TSimd.Multiply(TSimd.Multiply(x, x), TSimd.Broadcast(-0.5f)));
        var t = TSimd.Divide(
            TSimd.Broadcast(1), TSimd.MultiplyAdd(magnitude, TSimd.Broadcast(0.3275911f * 0.70710678f), TSimd.Broadcast(1)));
        var p = TSimd.MultiplyAdd(TSimd.Broadcast(1.061405429f / 2), t, TSimd.Broadcast(-1.453152027f / 2));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(1.421413741f / 2));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-0.284496736f / 2));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(0.254829592f / 2));
        var tail = TSimd.Multiply(TSimd.Multiply(p, t), bell); // Φ(−|x|)
        var cumulative = TSimd.Add(tail, TSimd.WherePositive(x, TSimd.MultiplyAdd(tail, TSimd.Broadcast(-2), TSimd.Broadcast(1))));
        derivative = TSimd.MultiplyAdd(x, TSimd.Multiply(bell, TSimd.Broadcast(0.39894228f)), cumulative);
        return TSimd.Multiply(x, cumulative);
    }
}
