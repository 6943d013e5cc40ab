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
}
