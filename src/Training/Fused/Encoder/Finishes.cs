using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>What becomes of a tile of a product.</summary>
internal static class Finishes
{
    /// <summary>target = sum.</summary>
    public unsafe struct Keep<TSimd, TVector> : IFinish<TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        public float* Target;
        public nint Stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum) => TSimd.Store(Target + row * Stride + column, sum);
    }

    /// <summary>target += sum.</summary>
    public unsafe struct Accumulate<TSimd, TVector> : IFinish<TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
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
    public unsafe struct AddOther<TSimd, TVector> : IFinish<TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
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
    public unsafe struct MultiplyOther<TSimd, TVector> : IFinish<TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
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
