using System.Runtime.Intrinsics;
using W2S.Training.Fused;

namespace W2S.Training.Tests.Fused;

/// <summary>The kernels' exponential and GELU against double precision.</summary>
public sealed class VectorMathTests
{
    [SkippableFact]
    public void The_exponential_is_right_to_two_units_in_the_last_place_with_AVX512() =>
        Exponential<Simd512, Vector512<float>>(InstructionSet.Avx512);

    [SkippableFact]
    public void The_exponential_is_right_to_two_units_in_the_last_place_with_AVX2() =>
        Exponential<Simd256, Vector256<float>>(InstructionSet.Avx2);

    [SkippableFact]
    public void The_exponential_is_right_to_four_units_in_the_last_place_without_fused_operations() =>
        Exponential<SimdScalar, float>(InstructionSet.Scalar, 4);

    [SkippableFact]
    public void GELU_and_its_derivative_are_right_to_3e_7_with_AVX512() => Gelu<Simd512, Vector512<float>>(InstructionSet.Avx512);

    [SkippableFact]
    public void GELU_and_its_derivative_are_right_to_3e_7_with_AVX2() => Gelu<Simd256, Vector256<float>>(InstructionSet.Avx2);

    [SkippableFact]
    public void GELU_and_its_derivative_are_right_to_3e_7_without_vectors() => Gelu<SimdScalar, float>(InstructionSet.Scalar);

    private static void Exponential<TSimd, TVector>(InstructionSet instructions, double units = 2)
        where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        Skip.IfNot(InstructionSets.IsSupported(instructions), $"This processor has no {instructions.Title()}.");
        for (var x = -86.9f; x < 85; x += 0.0137f) // the sum over the lanes must not overflow
        {
            var exact = Math.Exp(x);
            var found = TSimd.Sum(VectorMath<TSimd, TVector>.Exp(TSimd.Broadcast(x))) / TSimd.Lanes;
            Assert.True(
                Math.Abs(found - exact) <= units * MathF.BitIncrement((float)exact) - units * (float)exact,
                $"exp({x}) = {found}, not {exact}");
        }
        Assert.InRange(TSimd.Sum(VectorMath<TSimd, TVector>.Exp(TSimd.Broadcast(-1e30f))), 0, 1e-36f);
        Assert.True(float.IsNaN(TSimd.Sum(VectorMath<TSimd, TVector>.Exp(TSimd.Broadcast(float.NaN)))));
    }

    private static void Gelu<TSimd, TVector>(InstructionSet instructions) where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        Skip.IfNot(InstructionSets.IsSupported(instructions), $"This processor has no {instructions.Title()}.");
        for (var x = -12f; x < 12; x += 0.0173f)
        {
            var value = TSimd.Sum(VectorMath<TSimd, TVector>.Gelu(TSimd.Broadcast(x), out var derivative)) / TSimd.Lanes;
            var cumulative = DoublePrecisionEncoder.Normal(x);
            var slope = cumulative + x * Math.Exp(-(double)x * x / 2) / Math.Sqrt(2 * Math.PI);
            Assert.Equal(x * cumulative, value, 3e-7 * Math.Max(1, Math.Abs(x)));
            Assert.Equal(slope, TSimd.Sum(derivative) / TSimd.Lanes, 3e-7 * Math.Max(1, Math.Abs(slope)));
        }
    }
}
