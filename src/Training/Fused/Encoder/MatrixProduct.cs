using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// A matrix whose neighbours in a row (terms) and in a column may lie any distance apart: its transpose is itself with the strides swapped.
/// </summary>
internal readonly unsafe struct Strided(float* start, nint rowStride, nint termStride)
{
    public readonly float* Start = start;
    public readonly nint RowStride = rowStride, TermStride = termStride;

    public static Strided RowMajor(float* start, nint stride) => new(start, stride, 1);

    public static Strided Transposed(float* start, nint stride) => new(start, 1, stride);
}

/// <summary>
/// The one matrix product of the encoder: left [rows, terms] · right [terms, columns]. Tiles of eight rows and up to three
/// registers of columns stay in registers; the left matrix is read one float at a time, so that it may be transposed:
/// <list type="table">
/// <item>forward:           left = tokens [token, input],   right = weights [input, output]</item>
/// <item>towards the input: left = deltas [token, output],  right = transposed weights [output, input]</item>
/// <item>weight gradient:   left = tokens [token, input]ᵀ,  right = deltas [token, output]</item>
/// </list>
/// What becomes of a tile is a type of its own, so that a copy is compiled for each: <see cref="Keep"/>, <see cref="Accumulate"/>, …
/// </summary>
internal static unsafe class MatrixProduct<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>Rows of a tile. Products have their rows rounded up to a multiple: targets need room for them.</summary>
    public const int Rows = 8;

    /// <summary>Terms of a weight gradient that are taken together, so that what they read stays in the first-level cache.</summary>
    private const int TermsTogether = 128;

    /// <param name="columns">A multiple of the lanes.</param>
    /// <param name="initial">[columns], added to every row; null: nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFinish>(
        Strided left, nint rows, float* right, nint rightStride, nint columns, nint terms, float* initial, TFinish finish)
        where TFinish : struct, RegisterTile<TSimd, TVector>.IFinish
    {
        nint column = 0;
        if (TSimd.Lanes == 16) // 32 registers; AVX2 has 16, which eight rows × one register fill best
        {
            for (; columns - column >= 48 && columns - column != 64; column += 48)
                Three(left, rows, column, right + column, rightStride, terms, initial, finish);
            for (; columns - column >= 32; column += 32) Two(left, rows, column, right + column, rightStride, terms, initial, finish);
        }
        for (; column < columns; column += TSimd.Lanes) One(left, rows, column, right + column, rightStride, terms, initial, finish);
    }

    /// <summary>gradient [inputs, outputs] += Σ over tokens of activations[token]ᵀ · deltas[token].</summary>
    public static void AddOuterProducts(
        float* activations, nint inputs, nint inputStride, float* deltas, nint outputs, nint outputStride, nint tokens, float* gradient,
        nint gradientStride)
    {
        var finish = new Accumulate { Target = gradient, Stride = gradientStride };
        for (nint token = 0; token < tokens; token += TermsTogether)
            Run(Strided.Transposed(activations + token * inputStride, inputStride), inputs, deltas + token * outputStride, outputStride,
                outputs, Math.Min(TermsTogether, tokens - token), null, finish);
    }

    /// <summary>One strip of columns, all rows. Compiled by itself and at once, for all its loops are hot from the first call on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three<TFinish>(
        Strided matrix, nint rows, nint column, float* right, nint rightStride, nint terms, float* initial, TFinish finish)
        where TFinish : struct, RegisterTile<TSimd, TVector>.IFinish
    {
        TVector a0 = TSimd.Zero, b0 = TSimd.Zero, c0 = TSimd.Zero;
        if (initial != null)
            (a0, b0, c0) = (TSimd.Load(initial + column), TSimd.Load(initial + column + 16), TSimd.Load(initial + column + 32));
        var (stride, termStride) = (matrix.RowStride, matrix.TermStride);
        var end = right + terms * rightStride;
        for (nint row = 0; row < rows; row += Rows)
        {
            TVector x0 = a0, y0 = b0, z0 = c0;
            TVector x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0;
            TVector y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
            TVector z1 = z0, z2 = z0, z3 = z0, z4 = z0, z5 = z0, z6 = z0, z7 = z0;
            var left = matrix.Start + row * stride;
            for (var term = right; term != end; term += rightStride)
            {
                var (x, y, z) = (TSimd.Load(term), TSimd.Load(term + 16), TSimd.Load(term + 32));
                var a = TSimd.Broadcast(left[0]);
                (x0, y0, z0) = (TSimd.MultiplyAdd(a, x, x0), TSimd.MultiplyAdd(a, y, y0), TSimd.MultiplyAdd(a, z, z0));
                a = TSimd.Broadcast(left[stride]);
                (x1, y1, z1) = (TSimd.MultiplyAdd(a, x, x1), TSimd.MultiplyAdd(a, y, y1), TSimd.MultiplyAdd(a, z, z1));
                a = TSimd.Broadcast(left[2 * stride]);
                (x2, y2, z2) = (TSimd.MultiplyAdd(a, x, x2), TSimd.MultiplyAdd(a, y, y2), TSimd.MultiplyAdd(a, z, z2));
                a = TSimd.Broadcast(left[3 * stride]);
                (x3, y3, z3) = (TSimd.MultiplyAdd(a, x, x3), TSimd.MultiplyAdd(a, y, y3), TSimd.MultiplyAdd(a, z, z3));
                a = TSimd.Broadcast(left[4 * stride]);
                (x4, y4, z4) = (TSimd.MultiplyAdd(a, x, x4), TSimd.MultiplyAdd(a, y, y4), TSimd.MultiplyAdd(a, z, z4));
                a = TSimd.Broadcast(left[5 * stride]);
                (x5, y5, z5) = (TSimd.MultiplyAdd(a, x, x5), TSimd.MultiplyAdd(a, y, y5), TSimd.MultiplyAdd(a, z, z5));
                a = TSimd.Broadcast(left[6 * stride]);
                (x6, y6, z6) = (TSimd.MultiplyAdd(a, x, x6), TSimd.MultiplyAdd(a, y, y6), TSimd.MultiplyAdd(a, z, z6));
                a = TSimd.Broadcast(left[7 * stride]);
                (x7, y7, z7) = (TSimd.MultiplyAdd(a, x, x7), TSimd.MultiplyAdd(a, y, y7), TSimd.MultiplyAdd(a, z, z7));
                left += termStride;
            }
            Finish(row, column, x0, x1, x2, x3, x4, x5, x6, x7, finish);
            Finish(row, column + 16, y0, y1, y2, y3, y4, y5, y6, y7, finish);
            Finish(row, column + 32, z0, z1, z2, z3, z4, z5, z6, z7, finish);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TFinish>(
        Strided matrix, nint rows, nint column, float* right, nint rightStride, nint terms, float* initial, TFinish finish)
        where TFinish : struct, RegisterTile<TSimd, TVector>.IFinish
    {
        TVector a0 = TSimd.Zero, b0 = TSimd.Zero;
        if (initial != null) (a0, b0) = (TSimd.Load(initial + column), TSimd.Load(initial + column + 16));
        var (stride, termStride) = (matrix.RowStride, matrix.TermStride);
        var end = right + terms * rightStride;
        for (nint row = 0; row < rows; row += Rows)
        {
            TVector x0 = a0, y0 = b0;
            TVector x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0;
            TVector y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
            var left = matrix.Start + row * stride;
            for (var term = right; term != end; term += rightStride)
            {
                var (x, y) = (TSimd.Load(term), TSimd.Load(term + 16));
                var a = TSimd.Broadcast(left[0]);
                (x0, y0) = (TSimd.MultiplyAdd(a, x, x0), TSimd.MultiplyAdd(a, y, y0));
                a = TSimd.Broadcast(left[stride]);
                (x1, y1) = (TSimd.MultiplyAdd(a, x, x1), TSimd.MultiplyAdd(a, y, y1));
                a = TSimd.Broadcast(left[2 * stride]);
                (x2, y2) = (TSimd.MultiplyAdd(a, x, x2), TSimd.MultiplyAdd(a, y, y2));
                a = TSimd.Broadcast(left[3 * stride]);
                (x3, y3) = (TSimd.MultiplyAdd(a, x, x3), TSimd.MultiplyAdd(a, y, y3));
                a = TSimd.Broadcast(left[4 * stride]);
                (x4, y4) = (TSimd.MultiplyAdd(a, x, x4), TSimd.MultiplyAdd(a, y, y4));
                a = TSimd.Broadcast(left[5 * stride]);
                (x5, y5) = (TSimd.MultiplyAdd(a, x, x5), TSimd.MultiplyAdd(a, y, y5));
                a = TSimd.Broadcast(left[6 * stride]);
                (x6, y6) = (TSimd.MultiplyAdd(a, x, x6), TSimd.MultiplyAdd(a, y, y6));
                a = TSimd.Broadcast(left[7 * stride]);
                (x7, y7) = (TSimd.MultiplyAdd(a, x, x7), TSimd.MultiplyAdd(a, y, y7));
                left += termStride;
            }
            Finish(row, column, x0, x1, x2, x3, x4, x5, x6, x7, finish);
            Finish(row, column + 16, y0, y1, y2, y3, y4, y5, y6, y7, finish);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TFinish>(
        Strided matrix, nint rows, nint column, float* right, nint rightStride, nint terms, float* initial, TFinish finish)
        where TFinish : struct, RegisterTile<TSimd, TVector>.IFinish
    {
        var first = initial == null ? TSimd.Zero : TSimd.Load(initial + column);
        for (nint row = 0; row < rows; row += Rows)
            RegisterTile<TSimd, TVector>.Multiply(
                row, column, matrix.Start + row * matrix.RowStride, matrix.RowStride, matrix.TermStride, right, rightStride, terms, first,
                finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TFinish>(
        nint row, nint column, TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector g, TVector h, TFinish finish)
        where TFinish : struct, RegisterTile<TSimd, TVector>.IFinish
    {
        finish.Finish(row, column, a);
        finish.Finish(row + 1, column, b);
        finish.Finish(row + 2, column, c);
        finish.Finish(row + 3, column, d);
        finish.Finish(row + 4, column, e);
        finish.Finish(row + 5, column, f);
        finish.Finish(row + 6, column, g);
        finish.Finish(row + 7, column, h);
    }

    /// <summary>target = sum.</summary>
    public struct Keep : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Target;
        public nint Stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum) => TSimd.Store(Target + row * Stride + column, sum);
    }

    /// <summary>target += sum.</summary>
    public struct Accumulate : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Target;
        public nint Stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum)
        {
            var target = Target + row * Stride + column;
            TSimd.Store(target, TSimd.Add(TSimd.Load(target), sum));
        }
    }

    /// <summary>target = sum + other: a residual connection, forward and backward.</summary>
    public struct AddOther : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Target, Other;
        public nint Stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum)
        {
            var place = row * Stride + column;
            TSimd.Store(Target + place, TSimd.Add(TSimd.Load(Other + place), sum));
        }
    }

    /// <summary>target = sum · factor: the delta below an activation whose derivative is the factor.</summary>
    public struct MultiplyOther : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Target, Factor;
        public nint Stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum)
        {
            var place = row * Stride + column;
            TSimd.Store(Target + place, TSimd.Multiply(TSimd.Load(Factor + place), sum));
        }
    }
}
