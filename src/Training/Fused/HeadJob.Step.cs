using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

internal sealed unsafe partial class HeadJob<TSimd, TVector, TLoss>
{
    /// <summary>Samples are taken four at a time, so batches are padded to a multiple.</summary>
    public const int SamplesTogether = 4;

    /// <summary>One step of all heads of a group: outputs, losses, gradients, AdamW.</summary>
    /// <param name="rows">Addresses of the batch's rows, padded to a multiple of four with a row of zeros.</param>
    /// <param name="parameters">
    /// The group's weights and biases; the layout's Length on, their first, and as far again their second moments.
    /// </param>
    /// <param name="outputs">Room for [outputs, padded batch, tasks].</param>
    /// <param name="losses">Receives each task's mean loss before the step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(float** rows, nint batch, HeadGroups layout, float* parameters, float* outputs, float* losses, AdamWStep* step)
    {
        var padded = (batch + SamplesTogether - 1) / SamplesTogether * SamplesTogether;
        nint registers = layout.Registers, length = layout.Length, count = layout.Outputs;
        nint head = layout.HeadLength, plane = padded * TSimd.TasksPerRegister;
        for (nint output = 0; output < count; output++)
            Predict(rows, padded, registers, parameters + output * head, outputs + output * plane);
        TLoss.Backward(rows, batch, padded, layout, parameters, outputs, losses);
        for (nint output = 0; output < count; output++, parameters += head, outputs += plane)
        {
            if (layout.HasBias) Update(parameters + registers * TSimd.Lanes, length, Sum(outputs, padded), step);
            StepWeights(rows, padded, registers, parameters, length, outputs, step);
        }
    }

    /// <summary>linear[sample] = Σ weight · feature, for each task.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Predict(float** rows, nint padded, nint registers, float* weights, float* linear)
    {
        for (nint sample = 0; sample < padded; sample += SamplesTogether, linear += SamplesTogether * TSimd.TasksPerRegister)
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
            TSimd.StoreSumsOfEachTask(sum0, sum1, linear);
            TSimd.StoreSumsOfEachTask(sum2, sum3, linear + 2 * TSimd.TasksPerRegister);
        }
    }

    /// <summary>gradient = Σ delta[sample] · feature[sample] for four registers of features at a time, and AdamW with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepWeights(
        float** rows, nint padded, nint registers, float* parameters, nint length, float* deltas, AdamWStep* step)
    {
        for (nint at = 0; at < registers * TSimd.Lanes; at += 4 * TSimd.Lanes)
        {
            TVector even0 = TSimd.Zero, even1 = TSimd.Zero, even2 = TSimd.Zero, even3 = TSimd.Zero;
            TVector odd0 = TSimd.Zero, odd1 = TSimd.Zero, odd2 = TSimd.Zero, odd3 = TSimd.Zero;
            for (nint sample = 0; sample < padded; sample += 2)
            {
                var row = rows[sample] + at;
                var delta = TSimd.LoadTasks(deltas + sample * TSimd.TasksPerRegister);
                even0 = TSimd.MultiplyAdd(delta, TSimd.Load(row), even0);
                even1 = TSimd.MultiplyAdd(delta, TSimd.Load(row + TSimd.Lanes), even1);
                even2 = TSimd.MultiplyAdd(delta, TSimd.Load(row + 2 * TSimd.Lanes), even2);
                even3 = TSimd.MultiplyAdd(delta, TSimd.Load(row + 3 * TSimd.Lanes), even3);
                row = rows[sample + 1] + at;
                delta = TSimd.LoadTasks(deltas + (sample + 1) * TSimd.TasksPerRegister);
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

    /// <summary>Σ delta[sample]: the bias's gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(float* deltas, nint padded)
    {
        var sum = TSimd.Zero;
        for (var end = deltas + padded * TSimd.TasksPerRegister; deltas != end; deltas += TSimd.TasksPerRegister)
            sum = TSimd.Add(sum, TSimd.LoadTasks(deltas));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Update(float* parameter, nint length, TVector gradient, AdamWStep* step) =>
        AdamW<TSimd, TVector>.Update(parameter, parameter + length, parameter + 2 * length, gradient, step);
}
