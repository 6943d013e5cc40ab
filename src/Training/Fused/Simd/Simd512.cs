using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace W2S.Training.Fused;

/// <summary>AVX-512: sixteen floats.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public static int Lanes => 16;
    public static int TasksPerRegister => 8;
    public static Vector512<float> Zero => Vector512<float>.Zero;
    public static Vector512<float> Load(float* source) => Vector512.Load(source);
    public static void Store(float* target, Vector512<float> value) => value.Store(target);
    public static void StorePastCaches(float* target, Vector512<float> value) => value.StoreAlignedNonTemporal(target);
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplyAdd(a, b, c);

    /// <remarks>
    /// The hardware's division takes 16 cycles, its square root 19, and neither overlaps with itself. An estimate of 14
    /// bits and one Newton step with a fused residual take 4 and 5, and are wrong by at most one unit in the last place.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> numerator, Vector512<float> denominator)
    {
        var reciprocal = Avx512F.Reciprocal14(denominator);
        var quotient = numerator * reciprocal;
        return MultiplyAdd(Avx512F.FusedMultiplyAddNegated(quotient, denominator, numerator), reciprocal, quotient);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SquareRoot(Vector512<float> value)
    {
        var reciprocalRoot = Avx512F.ReciprocalSqrt14(value);
        var root = value * reciprocalRoot;
        return MultiplyAdd(Avx512F.FusedMultiplyAddNegated(root, root, value), reciprocalRoot * 0.5f, root);
    }

    public static Vector512<float> AtLeast(Vector512<float> floor, Vector512<float> value) => Avx512F.Max(floor, value);

    public static Vector512<float> WherePositive(Vector512<float> gate, Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(gate, Zero), value, Zero);

    public static Vector512<float> DropBelow(Vector512<float> threshold, Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(value), threshold), Zero, value);

    public static Vector512<float> Exp(Vector512<float> value) => Vector512.Exp(value);
    public static Vector512<float> Scale(Vector512<float> value, Vector512<float> exponent) => Avx512F.Scale(value, exponent);
    public static Vector512<float> Exponent(Vector512<float> value) => Avx512F.GetExponent(value);
    public static float Sum(Vector512<float> value) => Vector512.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(Vector512<float> value) => Simd256.Greatest(Avx.Max(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SumEach(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d,
        Vector512<float> e, Vector512<float> f, Vector512<float> g, Vector512<float> h, float* sums)
    {
        // Halves, then quarters: afterwards each 128-bit block holds four partial sums of one register.
        var abcd = Fold(Fold(a, b), Fold(c, d));
        var efgh = Fold(Fold(e, f), Fold(g, h));
        // a0 e0 a1 e1 | b0 f0 b1 f1 | ... plus a2 e2 a3 e3 | ...
        var interleaved = Avx512F.UnpackLow(abcd, efgh) + Avx512F.UnpackHigh(abcd, efgh);
        var summed = interleaved + Avx512F.Shuffle(interleaved, interleaved, 0b_01_00_11_10);
        var order = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
        Avx512F.PermuteVar16x32(summed, order).GetLower().Store(sums);
    }

    /// <summary>Adds 128-bit blocks 0 to 1 and 2 to 3 of both: x01, x23, y01, y23.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fold(Vector512<float> x, Vector512<float> y) =>
        Avx512F.Shuffle4x128(x, y, 0b_10_00_10_00) + Avx512F.Shuffle4x128(x, y, 0b_11_01_11_01);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeStrip(float* source, nint sourceStride, float* target, nint targetStride)
    {
        // Each register takes rows r, r + 4, r + 8 and r + 12 in its four 128-bit blocks, so that transposing 4 × 4
        // within the blocks puts whole columns in order.
        var row0 = Gather(source, sourceStride);
        var row1 = Gather(source + sourceStride, sourceStride);
        var row2 = Gather(source + 2 * sourceStride, sourceStride);
        var row3 = Gather(source + 3 * sourceStride, sourceStride);
        var low01 = Avx512F.UnpackLow(row0, row1).AsDouble();
        var low23 = Avx512F.UnpackLow(row2, row3).AsDouble();
        var high01 = Avx512F.UnpackHigh(row0, row1).AsDouble();
        var high23 = Avx512F.UnpackHigh(row2, row3).AsDouble();
        Avx512F.UnpackLow(low01, low23).AsSingle().Store(target);
        Avx512F.UnpackHigh(low01, low23).AsSingle().Store(target + targetStride);
        Avx512F.UnpackLow(high01, high23).AsSingle().Store(target + 2 * targetStride);
        Avx512F.UnpackHigh(high01, high23).AsSingle().Store(target + 3 * targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(float* source, nint stride) => Vector512.Create(
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * stride)),
        Vector256.Create(Vector128.Load(source + 8 * stride), Vector128.Load(source + 12 * stride)));

    public static Vector512<float> SumOfEachTask(Vector512<float> value) =>
        value + Avx512F.Shuffle4x128(value, value, 0b_01_00_11_10);

    public static void StoreSumsOfEachTask(Vector512<float> a, Vector512<float> b, float* sums) =>
        (Avx512F.Shuffle4x128(a, b, 0b_01_00_01_00) + Avx512F.Shuffle4x128(a, b, 0b_11_10_11_10)).Store(sums);

    public static Vector512<float> LoadTasks(float* source) => Avx512DQ.BroadcastVector256ToVector512(source);
    public static void StoreTasks(float* target, Vector512<float> value) => value.GetLower().Store(target);

    public static Vector512<float> LoadTasksOfRows(float** rows, nint place) =>
        Vector512.Create(Vector256.Load(rows[0] + place), Vector256.Load(rows[1] + place));
}
