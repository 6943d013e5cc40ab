using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// What is asked of symmetric matrices: eigenvalues and eigenvectors of positive semidefinite ones, and systems solved by positive
/// definite ones. Eigenvectors of a few dozen rows (a representation's width) are found here, where calling a linear algebra
/// library costs more than the arithmetic; those of more, by libtorch's.
/// </summary>
/// <remarks>
/// Eigenvectors by one-sided Jacobi (Hestenes 1958): rotations J make the rows of the matrix orthogonal; J A = Λ Vᵀ then has the
/// eigenvalues as the rows' lengths and the eigenvectors as their directions. Rows are contiguous, so it vectorises.
/// Absolute errors are of the order of 1e-16 times the greatest eigenvalue, so a direction whose eigenvalue is the
/// fraction r of the greatest is known to 1e-16 / r.
/// </remarks>
internal static class SymmetricMatrix
{
    private const int MostSweeps = 40;

    // 512 rows take 0.3 s here and 0.04 s there; libtorch itself takes about as long to load as 400.
    private const int WideFrom = 256;

    /// <summary>Overwrites the matrix's rows with its unit eigenvectors; rows of eigenvalue 0 become zero.</summary>
    /// <param name="matrix">[size, size], symmetric, no negative eigenvalues; size is the length of <paramref name="eigenvalues"/>.</param>
    /// <param name="eigenvalues">Receives the eigenvalues, in the order of the rows, which is no particular one.</param>
    public static void Decompose(Span<double> matrix, Span<double> eigenvalues)
    {
        var size = eigenvalues.Length;
        if (matrix.Length != size * size)
            throw new ArgumentException($"{matrix.Length} values are no {size} × {size} matrix.", nameof(matrix));
        var largest = 0.0;
        for (var row = 0; row < size; row++) largest = Math.Max(largest, matrix[row * size + row]);
        if (largest == 0)
        {
            eigenvalues.Clear();
            return;
        }
        if (size >= WideFrom)
        {
            DecomposeWide(matrix, eigenvalues);
            return;
        }
        // Rows are compared by their squared lengths: at magnitude 1 these neither overflow nor underflow.
        foreach (ref var value in matrix) value /= largest;
        for (var sweep = 0; sweep < MostSweeps; sweep++)
            if (!RotateAllPairs(matrix, size)) break;
        for (var row = 0; row < size; row++)
        {
            var vector = matrix.Slice(row * size, size);
            var length = Math.Sqrt(DoubleLoops.Dot(vector, vector));
            eigenvalues[row] = length * largest;
            if (length == 0) continue;
            foreach (ref var value in vector) value /= length;
        }
    }

    /// <summary>
    /// A = L Lᵀ of a positive definite matrix of a few dozen to a few thousand rows (Cholesky). Overwrites the lower triangle with L; the
    /// upper one is not looked at.
    /// </summary>
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

    /// <summary>Solves A x = b: overwrites the right-hand side with the solution.</summary>
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

    private static void DecomposeWide(Span<double> matrix, Span<double> eigenvalues)
    {
        LibTorch.UseThreads(1); // Else the last bits would depend on their number.
        var size = eigenvalues.Length;
        using var silent = no_grad();
        using var symmetric = empty(size, size, ScalarType.Float64);
        matrix.CopyTo(MemoryMarshal.Cast<byte, double>(symmetric.bytes));
        var (values, vectors) = linalg.eigh(symmetric);
        using (values)
        using (vectors)
        using (var turned = vectors.t())
        using (var rows = turned.contiguous())
        {
            MemoryMarshal.Cast<byte, double>(values.bytes).CopyTo(eigenvalues);
            MemoryMarshal.Cast<byte, double>(rows.bytes).CopyTo(matrix);
        }
        for (var row = 0; row < size; row++)
        {
            if (eigenvalues[row] > 0) continue;
            eigenvalues[row] = 0;
            matrix.Slice(row * size, size).Clear();
        }
    }

    /// <summary>One sweep over all pairs of rows; false where all were orthogonal already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool RotateAllPairs(Span<double> matrix, int size)
    {
        const double orthogonal = 1e-13;
        var rotated = false;
        var total = DoubleLoops.Dot(matrix, matrix);
        for (var i = 0; i < size - 1; i++)
        {
            var first = matrix.Slice(i * size, size);
            for (var j = i + 1; j < size; j++)
            {
                var second = matrix.Slice(j * size, size);
                var (a, b, product) = DoubleLoops.Products(first, second);
                // Rows below rounding against the whole have no direction to speak of.
                if (Math.Abs(product) <= orthogonal * Math.Sqrt(a * b) || Math.Abs(product) <= 1e-32 * total) continue;
                rotated = true;
                var zeta = (b - a) / (2 * product);
                var tangent = (zeta >= 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
                DoubleLoops.Rotate(first, second, cosine, cosine * tangent);
            }
        }
        return rotated;
    }
}
