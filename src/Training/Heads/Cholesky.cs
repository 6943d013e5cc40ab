using System.Runtime.CompilerServices;

namespace W2S.Training;

/// <summary>Solves symmetric positive definite systems of a few dozen to a few thousand unknowns by A = L Lᵀ.</summary>
internal static class Cholesky
{
    /// <summary>Overwrites the lower triangle with L; the upper one is not looked at.</summary>
    /// <param name="matrix">[size, size].</param>
    /// <returns>False where a pivot is not positive: the matrix is not positive definite to rounding.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryFactorise(Span<double> matrix, int size)
    {
        for (var i = 0; i < size; i++)
        {
            var row = matrix.Slice(i * size, i + 1);
            for (var j = 0; j < i; j++) row[j] = (row[j] - DoubleLoops.Dot(row[..j], matrix.Slice(j * size, j))) / matrix[j * size + j];
            var pivot = row[i] - DoubleLoops.Dot(row[..i], row[..i]);
            if (!(pivot > 0)) return false;
            row[i] = Math.Sqrt(pivot);
        }
        return true;
    }

    /// <summary>Overwrites the right-hand side with the solution.</summary>
    /// <param name="factor">What <see cref="TryFactorise"/> left.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Solve(ReadOnlySpan<double> factor, Span<double> x)
    {
        var size = x.Length;
        for (var i = 0; i < size; i++) x[i] = (x[i] - DoubleLoops.Dot(factor.Slice(i * size, i), x[..i])) / factor[i * size + i];
        for (var i = size - 1; i >= 0; i--)
        {
            x[i] /= factor[i * size + i];
            for (var j = 0; j < i; j++) x[j] -= factor[i * size + j] * x[i];
        }
    }
}
