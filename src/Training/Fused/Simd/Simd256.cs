using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace W2S.Training.Fused;

/// <summary>AVX2 with FMA: eight floats.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public static int Lanes => 8;
    public static int TasksPerRegister => 8;
    public static Vector256<float> Zero => Vector256<float>.Zero;
    public static Vector256<float> Load(float* source) => Vector256.Load(source);
    public static void Store(float* target, Vector256<float> value) => value.Store(target);
    public static void StorePastCaches(float* target, Vector256<float> value) => value.StoreAlignedNonTemporal(target);
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Fma.MultiplyAdd(a, b, c);
    public static Vector256<float> Divide(Vector256<float> numerator, Vector256<float> denominator) => numerator / denominator;
    public static Vector256<float> SquareRoot(Vector256<float> value) => Avx.Sqrt(value);
    public static Vector256<float> AtLeast(Vector256<float> floor, Vector256<float> value) => Avx.Max(floor, value);
    public static Vector256<float> WherePositive(Vector256<float> gate, Vector256<float> value) =>
        Vector256.GreaterThan(gate, Zero) & value;

    public static Vector256<float> DropBelow(Vector256<float> threshold, Vector256<float> value) =>
        Vector256.AndNot(value, Vector256.LessThan(Vector256.Abs(value), threshold));

    public static Vector256<float> Exp(Vector256<float> value) => Vector256.Exp(value);

    public static Vector256<float> Scale(Vector256<float> value, Vector256<float> exponent) =>
        value * ((Vector256.ConvertToInt32(exponent) + Vector256.Create(127)) << 23).AsSingle();

    public static Vector256<float> Exponent(Vector256<float> value) =>
        Vector256.ConvertToSingle((value.AsInt32() >>> 23) - Vector256.Create(127));

    public static float Sum(Vector256<float> value) => Vector256.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(Vector256<float> value)
    {
        var four = Sse.Max(value.GetLower(), value.GetUpper());
        var two = Sse.Max(four, Sse.MoveHighToLow(four, four));
        return MathF.Max(two[0], two[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SumEach(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d,
        Vector256<float> e, Vector256<float> f, Vector256<float> g, Vector256<float> h, float* sums)
    {
        var abcd = Avx.HorizontalAdd(Avx.HorizontalAdd(a, b), Avx.HorizontalAdd(c, d));
        var efgh = Avx.HorizontalAdd(Avx.HorizontalAdd(e, f), Avx.HorizontalAdd(g, h));
        (abcd.GetLower() + abcd.GetUpper()).Store(sums);
        (efgh.GetLower() + efgh.GetUpper()).Store(sums + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeStrip(float* source, nint sourceStride, float* target, nint targetStride)
    {
        // Rows r and r + 4 share a register: transposing 4 × 4 within its halves puts whole columns in order.
        var row0 = Gather(source, sourceStride);
        var row1 = Gather(source + sourceStride, sourceStride);
        var row2 = Gather(source + 2 * sourceStride, sourceStride);
        var row3 = Gather(source + 3 * sourceStride, sourceStride);
        var low01 = Avx.UnpackLow(row0, row1).AsDouble();
        var low23 = Avx.UnpackLow(row2, row3).AsDouble();
        var high01 = Avx.UnpackHigh(row0, row1).AsDouble();
        var high23 = Avx.UnpackHigh(row2, row3).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().Store(target);
        Avx.UnpackHigh(low01, low23).AsSingle().Store(target + targetStride);
        Avx.UnpackLow(high01, high23).AsSingle().Store(target + 2 * targetStride);
        Avx.UnpackHigh(high01, high23).AsSingle().Store(target + 3 * targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Gather(float* source, nint stride) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * stride));

    public static Vector256<float> SumOfEachTask(Vector256<float> value) => value;

    public static void StoreSumsOfEachTask(Vector256<float> a, Vector256<float> b, float* sums)
    {
        a.Store(sums);
        b.Store(sums + 8);
    }

    public static Vector256<float> LoadTasks(float* source) => Load(source);
    public static void StoreTasks(float* target, Vector256<float> value) => value.Store(target);
    public static Vector256<float> LoadTasksOfRows(float** rows, nint place) => Load(rows[0] + place);
}
