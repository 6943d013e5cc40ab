using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// The one inner loop of all matrix products: eight rows × one register of columns, held in registers.
/// <code>
///                              right[k] : one register of a row
///                              [ ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ]
///    left[0,k] ■ broadcast  →  [ sum0                            ]  += left[0,k] · right[k]
///    left[1,k] ■            →  [ sum1                            ]
///        ⋮                              ⋮                            eight independent chains: the multiply-add
///    left[7,k] ■            →  [ sum7                            ]  takes 4 cycles and two can start in each
/// </code>
/// The left matrix is read one float at a time, so it may as well be read transposed: rows and terms have a stride each.
/// <list type="table">
/// <item>forward:           left = activations [sample, input],  right = weights [input, output]</item>
/// <item>towards the input: left = deltas [sample, output],      right = transposed weights [output, input]</item>
/// <item>weight gradient:   left = activations [input, sample]ᵀ, right = deltas [sample, output]</item>
/// </list>
/// </summary>
internal static unsafe class RegisterTile<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>Rows of a tile: what is multiplied has its rows padded to a multiple.</summary>
    public const int Rows = 8;

    /// <summary>Finishes sums[row + r] = initial + Σₖ left[r, k] · right[k] for r = 0 … 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TFinish>(
        nint row, nint column, float* left, nint rowStride, nint termStride, float* right, nint rightStride, nint terms, TVector initial,
        TFinish finish)
        where TFinish : struct, IFinish
    {
        TVector sum0 = initial, sum1 = initial, sum2 = initial, sum3 = initial;
        TVector sum4 = initial, sum5 = initial, sum6 = initial, sum7 = initial;
        for (var end = right + terms * rightStride; right != end; right += rightStride)
        {
            var values = TSimd.Load(right);
            sum0 = TSimd.MultiplyAdd(TSimd.Broadcast(left[0]), values, sum0);
            sum1 = TSimd.MultiplyAdd(TSimd.Broadcast(left[rowStride]), values, sum1);
            sum2 = TSimd.MultiplyAdd(TSimd.Broadcast(left[2 * rowStride]), values, sum2);
            sum3 = TSimd.MultiplyAdd(TSimd.Broadcast(left[3 * rowStride]), values, sum3);
            sum4 = TSimd.MultiplyAdd(TSimd.Broadcast(left[4 * rowStride]), values, sum4);
            sum5 = TSimd.MultiplyAdd(TSimd.Broadcast(left[5 * rowStride]), values, sum5);
            sum6 = TSimd.MultiplyAdd(TSimd.Broadcast(left[6 * rowStride]), values, sum6);
            sum7 = TSimd.MultiplyAdd(TSimd.Broadcast(left[7 * rowStride]), values, sum7);
            left += termStride;
        }
        finish.Finish(row, column, sum0);
        finish.Finish(row + 1, column, sum1);
        finish.Finish(row + 2, column, sum2);
        finish.Finish(row + 3, column, sum3);
        finish.Finish(row + 4, column, sum4);
        finish.Finish(row + 5, column, sum5);
        finish.Finish(row + 6, column, sum6);
        finish.Finish(row + 7, column, sum7);
    }

    /// <summary>What becomes of a finished sum of a tile.</summary>
    public interface IFinish
    {
        /// <param name="row">Row of the product.</param>
        /// <param name="column">First column of the register.</param>
        void Finish(nint row, nint column, TVector sum);
    }
}
