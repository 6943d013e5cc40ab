namespace W2S.Training.Fused;

/// <summary>One float at a time, for processors without AVX2.</summary>
internal readonly unsafe struct SimdScalar : ISimd<float>
{
    public static int Lanes => 1;
    public static int TasksPerRegister => 1;
    public static float Zero => 0;
    public static float Load(float* source) => *source;
    public static void Store(float* target, float value) => *target = value;
    public static void StorePastCaches(float* target, float value) => *target = value;
    public static float Broadcast(float value) => value;
    public static float Add(float a, float b) => a + b;
    public static float Subtract(float a, float b) => a - b;
    public static float Multiply(float a, float b) => a * b;

    /// <remarks>Rounded twice: a fused operation without hardware for it would be many times slower.</remarks>
    public static float MultiplyAdd(float a, float b, float c) => a * b + c;

    public static float Divide(float numerator, float denominator) => numerator / denominator;
    public static float SquareRoot(float value) => MathF.Sqrt(value);
    public static float AtLeast(float floor, float value) => value < floor ? floor : value;
    public static float WherePositive(float gate, float value) => gate > 0 ? value : 0;
    public static float DropBelow(float threshold, float value) => MathF.Abs(value) < threshold ? 0 : value;
    public static float Exp(float value) => MathF.Exp(value);
    public static float Scale(float value, float exponent) => value * BitConverter.Int32BitsToSingle(((int)exponent + 127) << 23);
    public static float Exponent(float value) => (BitConverter.SingleToInt32Bits(value) >> 23) - 127;
    public static float Sum(float value) => value;
    public static float Greatest(float value) => value;

    public static void SumEach(float a, float b, float c, float d, float e, float f, float g, float h, float* sums)
    {
        (sums[0], sums[1], sums[2], sums[3]) = (a, b, c, d);
        (sums[4], sums[5], sums[6], sums[7]) = (e, f, g, h);
    }

    public static void TransposeStrip(float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (var column = 0; column < 4; column++) target[column * targetStride] = source[column];
    }

    public static float SumOfEachTask(float value) => value;
    public static void StoreSumsOfEachTask(float a, float b, float* sums) => (sums[0], sums[1]) = (a, b);
    public static float LoadTasks(float* source) => *source;
    public static void StoreTasks(float* target, float value) => *target = value;
    public static float LoadTasksOfRows(float** rows, nint place) => rows[0][place];
}
