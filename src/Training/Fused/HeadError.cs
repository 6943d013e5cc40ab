using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace W2S.Training.Fused;

/// <summary>The frozen affine head on top of a batch: the squared error and its gradient in the representation.</summary>
internal static unsafe class HeadError<TSimd, TVector, TWidth>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TWidth : struct, IWidth
{
    /// <summary>Returns the mean squared error and fills the deltas of the last block's linear outputs, 0 for padded samples.</summary>
    /// <param name="representation">[samples, width], after the last ReLU.</param>
    /// <param name="head">Weights [width], then the bias.</param>
    /// <param name="labels">[samples].</param>
    /// <param name="delta">[samples, width].</param>
    /// <param name="errors">Room for [samples].</param>
    /// <param name="samples">A multiple of 8, of which <paramref name="batch"/> count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Run(
        float* representation, float* head, float* labels, float* delta, float* errors, nint outputs, nint samples, nint batch)
    {
        nint width = TWidth.Value;
        for (nint sample = 0; sample < samples; sample += 8)
        {
            var row = representation + sample * width;
            TSimd.SumEach(
                Products(row, head, outputs), Products(row + width, head, outputs),
                Products(row + 2 * width, head, outputs), Products(row + 3 * width, head, outputs),
                Products(row + 4 * width, head, outputs), Products(row + 5 * width, head, outputs),
                Products(row + 6 * width, head, outputs), Products(row + 7 * width, head, outputs), errors + sample);
        }

        var squares = Vector256<float>.Zero;
        for (var sample = 0; sample < samples; sample += 8)
        {
            var error = Vector256.Load(errors + sample) + Vector256.Create(head[width]) - Vector256.Load(labels + sample);
            error &= Vector256.LessThan(Vector256.CreateSequence(sample, 1), Vector256.Create((int)batch)).AsSingle();
            squares += error * error;
            (error * Vector256.Create(2f / batch)).Store(errors + sample);
        }

        for (nint column = 0; column < outputs; column += TSimd.Lanes)
        {
            var weight = TSimd.Load(head + column);
            for (nint sample = 0; sample < samples; sample++)
            {
                var at = sample * width + column;
                var gradient = TSimd.Multiply(TSimd.Broadcast(errors[sample]), weight);
                TSimd.Store(delta + at, TSimd.WherePositive(TSimd.Load(representation + at), gradient));
            }
        }
        return (double)Vector256.Sum(squares) / batch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Products(float* row, float* head, nint outputs)
    {
        var sum = TSimd.Multiply(TSimd.Load(row), TSimd.Load(head));
        for (nint column = TSimd.Lanes; column < outputs; column += TSimd.Lanes)
            sum = TSimd.MultiplyAdd(TSimd.Load(row + column), TSimd.Load(head + column), sum);
        return sum;
    }
}
