using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>The passes of a padded MLP on a batch, the AdamW step in the backward one.</summary>
internal static unsafe class MlpPass<TSimd, TVector, TWidth>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TWidth : struct, PaddedMlp.IWidth
{
    /// <param name="parameters">As <see cref="PaddedMlp"/> lays them out.</param>
    /// <param name="activations">[depth + 1, capacity, width]: the inputs, then what each block gives.</param>
    /// <param name="capacity">Samples that fit between one layer's activations and the next's.</param>
    /// <param name="samples">A multiple of <see cref="RegisterTile{TSimd, TVector}.Rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(PaddedMlp layout, float* parameters, float* activations, nint capacity, nint samples)
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

    /// <summary>
    /// Goes down the layers. Each first hands its deltas to the layer below, through the weights as they are; then it
    /// sums its gradient in registers and steps its parameters from there, so no gradient is ever written to memory.
    /// </summary>
    /// <param name="parameters">
    /// Parameters, then their first, then their second moments, each as <see cref="PaddedMlp"/> lays them out.
    /// </param>
    /// <param name="activations">[depth + 1, capacity, width] from the forward pass.</param>
    /// <param name="deltas">Two of [capacity, width]; the first holds the loss's gradient in the last block's linear outputs.</param>
    /// <param name="transposed">Room for [width, width].</param>
    /// <param name="samples">A multiple of <see cref="RegisterTile{TSimd, TVector}.Rows"/>; padded ones have deltas 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(
        PaddedMlp layout, float* parameters, float* activations, nint capacity, nint samples, float* deltas, float* transposed,
        AdamWStep* step)
    {
        nint width = TWidth.Value;
        var delta = deltas;
        var next = deltas + capacity * width;
        for (var layer = layout.Shape.Depth - 1; layer >= 0; layer--)
        {
            var below = activations + layer * capacity * width;
            nint inputs = layout.Shape.FanIn(layer), outputs = layout.Shape.FanOut(layer);
            var weights = parameters + layout.WeightOffset(layer);
            if (layer > 0)
            {
                Transpose(weights, inputs, outputs, transposed);
                PassDown(delta, transposed, below, next, inputs, outputs, samples);
            }
            StepWeights(below, delta, weights, layout.Length, inputs, outputs, samples, step);
            StepBias(delta, parameters + layout.BiasOffset(layer), layout.Length, outputs, samples, step);
            var spent = delta;
            delta = next;
            next = spent;
        }
    }

    /// <summary>weights [input, output] → [output, input].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* weights, nint inputs, nint outputs, float* transposed)
    {
        nint width = TWidth.Value;
        for (nint input = 0; input < inputs; input += TSimd.Lanes)
            for (nint output = 0; output < outputs; output += 4)
                TSimd.TransposeStrip(weights + input * width + output, width, transposed + output * width + input, width);
    }

    /// <summary>next[sample, input] = Σ delta[sample, output] · weight[output, input], where that input's ReLU was open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PassDown(float* delta, float* transposed, float* below, float* next, nint inputs, nint outputs, nint samples)
    {
        nint width = TWidth.Value;
        var finish = new Gate { Activations = below, Target = next };
        for (nint column = 0; column < inputs; column += TSimd.Lanes)
            for (nint sample = 0; sample < samples; sample += RegisterTile<TSimd, TVector>.Rows)
                RegisterTile<TSimd, TVector>.Multiply(
                    sample, column, delta + sample * width, width, 1, transposed + column, width, outputs, TSimd.Zero, finish);
    }

    /// <summary>gradient[input, output] = Σ below[sample, input] · delta[sample, output], and AdamW with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepWeights(
        float* below, float* delta, float* weights, nint length, nint inputs, nint outputs, nint samples, AdamWStep* step)
    {
        nint width = TWidth.Value;
        var finish = new Step { Parameters = weights, Length = length, Numbers = step };
        for (nint column = 0; column < outputs; column += TSimd.Lanes)
            for (nint input = 0; input < inputs; input += RegisterTile<TSimd, TVector>.Rows)
                RegisterTile<TSimd, TVector>.Multiply(
                    input, column, below + input, 1, width, delta + column, width, samples, TSimd.Zero, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepBias(float* delta, float* bias, nint length, nint outputs, nint samples, AdamWStep* step)
    {
        nint width = TWidth.Value;
        var finish = new Step { Parameters = bias, Length = length, Numbers = step };
        for (nint column = 0; column < outputs; column += TSimd.Lanes)
        {
            TVector sum0 = TSimd.Zero, sum1 = TSimd.Zero, sum2 = TSimd.Zero, sum3 = TSimd.Zero;
            for (float* row = delta + column, end = row + samples * width; row != end; row += 4 * width)
            {
                sum0 = TSimd.Add(sum0, TSimd.Load(row));
                sum1 = TSimd.Add(sum1, TSimd.Load(row + width));
                sum2 = TSimd.Add(sum2, TSimd.Load(row + 2 * width));
                sum3 = TSimd.Add(sum3, TSimd.Load(row + 3 * width));
            }
            finish.Finish(0, column, TSimd.Add(TSimd.Add(sum0, sum1), TSimd.Add(sum2, sum3)));
        }
    }

    /// <summary>Stores ReLU of the sum; not-a-number stays so.</summary>
    private struct Rectify : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Target;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum) =>
            TSimd.Store(Target + row * TWidth.Value + column, TSimd.AtLeast(TSimd.Zero, sum));
    }

    /// <summary>Stores the sum where the activation below is positive: the derivative of ReLU, 0 at 0.</summary>
    private struct Gate : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Activations;
        public float* Target;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum)
        {
            var at = row * TWidth.Value + column;
            TSimd.Store(Target + at, TSimd.WherePositive(TSimd.Load(Activations + at), sum));
        }
    }

    /// <summary>Takes the sum as a gradient and steps the parameters at its place.</summary>
    private struct Step : RegisterTile<TSimd, TVector>.IFinish
    {
        public float* Parameters;
        public nint Length;
        public AdamWStep* Numbers;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Finish(nint row, nint column, TVector sum)
        {
            var parameter = Parameters + row * TWidth.Value + column;
            AdamW<TSimd, TVector>.Update(parameter, parameter + Length, parameter + 2 * Length, sum, Numbers);
        }
    }
}
