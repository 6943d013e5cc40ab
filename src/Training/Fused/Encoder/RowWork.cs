using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>What is done to rows between matrix products.</summary>
internal static unsafe class RowWork<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>values becomes GELU(values); derivatives is written beside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gelu(float* values, float* derivatives, nint count)
    {
        for (nint index = 0; index < count; index += TSimd.Lanes)
        {
            var value = VectorMath<TSimd, TVector>.Gelu(TSimd.Load(values + index), out var derivative);
            TSimd.Store(values + index, value);
            TSimd.Store(derivatives + index, derivative);
        }
    }

    /// <summary>sums += the sum of the rows: the gradient of a bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddColumnSums(float* rows, nint count, nint stride, nint width, float* sums)
    {
        for (nint column = 0; column < width; column += TSimd.Lanes)
        {
            // Two chains hide half of an addition's latency; the rest of the time is memory's.
            var (even, odd) = (TSimd.Zero, TSimd.Zero);
            var row = rows + column;
            nint index = 0;
            for (; index + 1 < count; index += 2, row += 2 * stride)
            {
                even = TSimd.Add(even, TSimd.Load(row));
                odd = TSimd.Add(odd, TSimd.Load(row + stride));
            }
            if (index < count) even = TSimd.Add(even, TSimd.Load(row));
            TSimd.Store(sums + column, TSimd.Add(TSimd.Load(sums + column), TSimd.Add(even, odd)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* target, float* source, nint width)
    {
        for (nint column = 0; column < width; column += TSimd.Lanes)
            TSimd.Store(target + column, TSimd.Add(TSimd.Load(target + column), TSimd.Load(source + column)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* source, float* target, nint width)
    {
        for (nint column = 0; column < width; column += TSimd.Lanes) TSimd.Store(target + column, TSimd.Load(source + column));
    }

    /// <summary>target [columns, rows] = source [rows, columns] transposed; both counts are multiples of the lanes and of 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint sourceStride, nint rows, nint columns, float* target, nint targetStride)
    {
        for (nint row = 0; row < rows; row += TSimd.Lanes)
            for (nint column = 0; column < columns; column += 4)
                TSimd.TransposeStrip(
                    source + row * sourceStride + column, sourceStride, target + column * targetStride + row, targetStride);
    }

    /// <summary>
    /// One row's softmax of scale · values + penalties, in place.
    /// </summary>
    /// <param name="penalties">[width]: 0, or a hugely negative number where a column is padding.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Softmax(float* values, nint width, float scale, float* penalties, out float greatest, out float sum)
    {
        var most = TSimd.Broadcast(float.NegativeInfinity);
        var factor = TSimd.Broadcast(scale);
        for (nint column = 0; column < width; column += TSimd.Lanes)
        {
            var value = TSimd.MultiplyAdd(TSimd.Load(values + column), factor, TSimd.Load(penalties + column));
            TSimd.Store(values + column, value);
            most = TSimd.AtLeast(most, value);
        }
        greatest = TSimd.Greatest(most);
        var (shift, total) = (TSimd.Broadcast(greatest), TSimd.Zero);
        var least = TSimd.Broadcast(1e-30f); // below it nothing can be seen, and denormal products would be slow
        for (nint column = 0; column < width; column += TSimd.Lanes)
        {
            var value = TSimd.DropBelow(least, VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.Load(values + column), shift)));
            TSimd.Store(values + column, value);
            total = TSimd.Add(total, value);
        }
        sum = TSimd.Sum(total);
        var inverse = TSimd.Broadcast(1 / sum);
        for (nint column = 0; column < width; column += TSimd.Lanes)
            TSimd.Store(values + column, TSimd.Multiply(TSimd.Load(values + column), inverse));
    }

    /// <summary>
    /// LayerNorm over rows of which only the first columns are real: padding counts neither in mean nor in variance, and stays 0.
    /// </summary>
    /// <param name="width">Floats of a row, padding included.</param>
    /// <param name="real">[width]: 1 for real columns, 0 for padding.</param>
    /// <param name="normalised">[rows, width]: mean 0 and variance 1, kept for <see cref="BackNorm"/>.</param>
    /// <param name="inverseDeviations">[rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Norm(
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
    public static void BackNorm(
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
