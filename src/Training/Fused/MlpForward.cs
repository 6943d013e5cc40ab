using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>The forward pass of a padded MLP on a batch.</summary>
internal static unsafe class MlpForward<TSimd, TVector, TWidth>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TWidth : struct, IWidth
{
    /// <param name="parameters">As <see cref="PaddedMlp"/> lays them out.</param>
    /// <param name="activations">[depth + 1, capacity, width]: the inputs, then what each block gives.</param>
    /// <param name="capacity">Samples that fit between one layer's activations and the next's.</param>
    /// <param name="samples">A multiple of <see cref="RegisterTile{TSimd, TVector}.Rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(PaddedMlp layout, float* parameters, float* activations, nint capacity, nint samples)
    {
        nint width = TWidth.Value;
        for (var layer = 0; layer < layout.Shape.Depth; layer++)
        {
            var below = activations + layer * capacity * width;
            var weights = parameters + layout.WeightOffset(layer);
            var bias = parameters + layout.BiasOffset(layer);
            var finish = new Rectify { Target = below + capacity * width };
            nint inputs = layout.Shape.FanIn(layer);
            for (nint column = 0; column < layout.Shape.FanOut(layer); column += TSimd.Lanes)
            {
                var initial = TSimd.Load(bias + column);
                for (nint sample = 0; sample < samples; sample += RegisterTile<TSimd, TVector>.Rows)
                    RegisterTile<TSimd, TVector>.Multiply(
                        sample, column, below + sample * width, width, 1, weights + column, width, inputs, initial, finish);
            }
        }
    }

    /// <summary>Stores ReLU of the sum; not-a-number stays so.</summary>
    private struct Rectify : IFinish<TVector>
    {
        public float* Target;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum) =>
            TSimd.Store(Target + row * TWidth.Value + column, TSimd.AtLeast(TSimd.Zero, sum));
    }
}
