using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// LayerNorm over rows of which only the first columns are real: padding counts neither in mean nor in variance, and stays 0.
/// </summary>
internal static unsafe class RowNorm<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <param name="width">Floats of a row, padding included.</param>
    /// <param name="real">[width]: 1 for real columns, 0 for padding.</param>
    /// <param name="normalised">[rows, width]: mean 0 and variance 1, kept for <see cref="Backward"/>.</param>
    /// <param name="inverseDeviations">[rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(
        float* input, nint rows, nint width, float* real, int realCount, float epsilon, float* weight, float* bias,
        float* normalised, float* inverseDeviations, float* output)
    {
        var share = 1f / realCount;
        for (nint row = 0; row < rows; row++, input += width, normalised += width, output += width)
        {
            var sum = TSimd.Zero;
            for (nint column = 0; column < width; column += TSimd.Lanes) sum = TSimd.Add(sum, TSimd.Load(input + column));
            var mean = TSimd.Broadcast(TSimd.Sum(sum) * share);
            var squares = TSimd.Zero;
            for (nint column = 0; column < width; column += TSimd.Lanes)
            {
                var centred = TSimd.Multiply(TSimd.Subtract(TSimd.Load(input + column), mean), TSimd.Load(real + column));
                TSimd.Store(normalised + column, centred);
                squares = TSimd.MultiplyAdd(centred, centred, squares);
            }
            var inverse = 1 / MathF.Sqrt(TSimd.Sum(squares) * share + epsilon);
            inverseDeviations[row] = inverse;
            for (nint column = 0; column < width; column += TSimd.Lanes)
            {
                var value = TSimd.Multiply(TSimd.Load(normalised + column), TSimd.Broadcast(inverse));
                TSimd.Store(normalised + column, value);
                TSimd.Store(output + column, TSimd.MultiplyAdd(value, TSimd.Load(weight + column), TSimd.Load(bias + column)));
            }
        }
    }

    /// <summary>Turns deltas above the norm into deltas below, in place, and adds to the gradients of its weight and bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(
        float* deltas, nint rows, nint width, float* real, int realCount, float* weight, float* normalised, float* inverseDeviations,
        float* weightGradient, float* biasGradient)
    {
        var share = 1f / realCount;
        for (nint row = 0; row < rows; row++, deltas += width, normalised += width)
        {
            var (sum, product) = (TSimd.Zero, TSimd.Zero);
            for (nint column = 0; column < width; column += TSimd.Lanes)
            {
                var (delta, value) = (TSimd.Load(deltas + column), TSimd.Load(normalised + column));
                TSimd.Store(weightGradient + column, TSimd.MultiplyAdd(delta, value, TSimd.Load(weightGradient + column)));
                TSimd.Store(biasGradient + column, TSimd.Add(delta, TSimd.Load(biasGradient + column)));
                delta = TSimd.Multiply(delta, TSimd.Load(weight + column));
                sum = TSimd.Add(sum, delta);
                product = TSimd.MultiplyAdd(delta, value, product);
            }
            var mean = TSimd.Broadcast(-share * TSimd.Sum(sum));
            var slope = TSimd.Broadcast(-share * TSimd.Sum(product));
            var inverse = TSimd.Broadcast(inverseDeviations[row]);
            for (nint column = 0; column < width; column += TSimd.Lanes)
            {
                var delta = TSimd.MultiplyAdd(TSimd.Load(deltas + column), TSimd.Load(weight + column), mean);
                delta = TSimd.MultiplyAdd(TSimd.Load(normalised + column), slope, delta);
                TSimd.Store(deltas + column, TSimd.Multiply(TSimd.Multiply(delta, inverse), TSimd.Load(real + column)));
            }
        }
    }
}
