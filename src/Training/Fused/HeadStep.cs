using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>One step of all heads of a group (see <see cref="HeadGroups"/>): predictions, errors, gradients, AdamW.</summary>
internal static unsafe class HeadStep<TSimd, TVector, TActivation>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TActivation : struct, IHeadActivation<TSimd, TVector>
{
    /// <summary>Samples are taken four at a time, so batches are padded to a multiple.</summary>
    public const int Samples = 4;

    /// <param name="rows">Addresses of the batch's rows, padded to a multiple of four with any row.</param>
    /// <param name="registers">Registers of features in a row, a multiple of 4.</param>
    /// <param name="parameters">The group's weights and biases; <paramref name="length"/> floats on, their first, and as far again their second moments.</param>
    /// <param name="deltas">Room for a register per padded sample.</param>
    /// <param name="losses">Receives each task's mean squared error before the step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float** rows, nint batch, nint registers, float* parameters, nint length, bool hasBias, float* deltas, float* losses, AdamWStep* step)
    {
        var padded = (batch + Samples - 1) / Samples * Samples;
        var bias = parameters + registers * TSimd.Lanes;
        Predict(rows, padded, registers, parameters, TSimd.Load(bias), deltas);
        var biasGradient = TurnToErrors(rows, batch, registers, deltas, losses);
        for (var sample = batch; sample < padded; sample++) TSimd.Store(deltas + sample * TSimd.Lanes, TSimd.Zero);
        StepWeights(rows, padded, registers, parameters, length, deltas, step);
        if (hasBias) AdamW<TSimd, TVector>.Update(bias, bias + length, bias + 2 * length, biasGradient, step);
    }

    /// <summary>linear[sample] = Σ weight · feature + bias, a lane per task.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Predict(float** rows, nint padded, nint registers, float* weights, TVector bias, float* linear)
    {
        for (nint sample = 0; sample < padded; sample += Samples)
        {
            float* row0 = rows[sample], row1 = rows[sample + 1], row2 = rows[sample + 2], row3 = rows[sample + 3];
            TVector sum0 = TSimd.Zero, sum1 = TSimd.Zero, sum2 = TSimd.Zero, sum3 = TSimd.Zero;
            for (nint at = 0; at < registers * TSimd.Lanes; at += TSimd.Lanes)
            {
                var weight = TSimd.Load(weights + at);
                sum0 = TSimd.MultiplyAdd(weight, TSimd.Load(row0 + at), sum0);
                sum1 = TSimd.MultiplyAdd(weight, TSimd.Load(row1 + at), sum1);
                sum2 = TSimd.MultiplyAdd(weight, TSimd.Load(row2 + at), sum2);
                sum3 = TSimd.MultiplyAdd(weight, TSimd.Load(row3 + at), sum3);
            }
            var target = linear + sample * TSimd.Lanes;
            TSimd.Store(target, TSimd.Add(TSimd.SumOverFeatures(sum0), bias));
            TSimd.Store(target + TSimd.Lanes, TSimd.Add(TSimd.SumOverFeatures(sum1), bias));
            TSimd.Store(target + 2 * TSimd.Lanes, TSimd.Add(TSimd.SumOverFeatures(sum2), bias));
            TSimd.Store(target + 3 * TSimd.Lanes, TSimd.Add(TSimd.SumOverFeatures(sum3), bias));
        }
    }

    /// <summary>Replaces linear outputs by the loss's gradient in them; returns its sum over the batch, the bias's gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector TurnToErrors(float** rows, nint batch, nint registers, float* deltas, float* losses)
    {
        TVector squares = TSimd.Zero, sum = TSimd.Zero;
        var scale = TSimd.Broadcast(2f / batch);
        for (nint sample = 0; sample < batch; sample++, deltas += TSimd.Lanes)
        {
            var activated = TActivation.Apply(TSimd.Load(deltas));
            var error = TSimd.Subtract(activated, TSimd.Load(rows[sample] + registers * TSimd.Lanes));
            squares = TSimd.MultiplyAdd(error, error, squares);
            var delta = TActivation.PassBack(activated, TSimd.Multiply(scale, error));
            sum = TSimd.Add(sum, delta);
            TSimd.Store(deltas, delta);
        }
        TSimd.Store(losses, TSimd.Multiply(squares, TSimd.Broadcast(1f / batch)));
        return sum;
    }

    /// <summary>gradient = Σ delta[sample] · feature[sample] for four registers of features at a time, and AdamW with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepWeights(float** rows, nint padded, nint registers, float* parameters, nint length, float* deltas, AdamWStep* step)
    {
        for (nint at = 0; at < registers * TSimd.Lanes; at += 4 * TSimd.Lanes)
        {
            TVector even0 = TSimd.Zero, even1 = TSimd.Zero, even2 = TSimd.Zero, even3 = TSimd.Zero;
            TVector odd0 = TSimd.Zero, odd1 = TSimd.Zero, odd2 = TSimd.Zero, odd3 = TSimd.Zero;
            for (nint sample = 0; sample < padded; sample += 2)
            {
                var row = rows[sample] + at;
                var delta = TSimd.Load(deltas + sample * TSimd.Lanes);
                even0 = TSimd.MultiplyAdd(delta, TSimd.Load(row), even0);
                even1 = TSimd.MultiplyAdd(delta, TSimd.Load(row + TSimd.Lanes), even1);
                even2 = TSimd.MultiplyAdd(delta, TSimd.Load(row + 2 * TSimd.Lanes), even2);
                even3 = TSimd.MultiplyAdd(delta, TSimd.Load(row + 3 * TSimd.Lanes), even3);
                row = rows[sample + 1] + at;
                delta = TSimd.Load(deltas + (sample + 1) * TSimd.Lanes);
                odd0 = TSimd.MultiplyAdd(delta, TSimd.Load(row), odd0);
                odd1 = TSimd.MultiplyAdd(delta, TSimd.Load(row + TSimd.Lanes), odd1);
                odd2 = TSimd.MultiplyAdd(delta, TSimd.Load(row + 2 * TSimd.Lanes), odd2);
                odd3 = TSimd.MultiplyAdd(delta, TSimd.Load(row + 3 * TSimd.Lanes), odd3);
            }
            var parameter = parameters + at;
            Update(parameter, length, TSimd.Add(even0, odd0), step);
            Update(parameter + TSimd.Lanes, length, TSimd.Add(even1, odd1), step);
            Update(parameter + 2 * TSimd.Lanes, length, TSimd.Add(even2, odd2), step);
            Update(parameter + 3 * TSimd.Lanes, length, TSimd.Add(even3, odd3), step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Update(float* parameter, nint length, TVector gradient, AdamWStep* step) =>
        AdamW<TSimd, TVector>.Update(parameter, parameter + length, parameter + 2 * length, gradient, step);
}
