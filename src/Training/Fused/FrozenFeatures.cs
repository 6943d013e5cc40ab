using W2S.Data;
using W2S.Models;

namespace W2S.Training.Fused;

/// <summary>The forward pass of a frozen representation over all samples of all tasks, in blocks that stay in the first-level cache.</summary>
internal static unsafe class FrozenFeatures<TSimd, TVector, TWidth>
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged where TWidth : struct, IWidth
{
    private const int Block = 32;

    public static TaskSamples Compute(MlpWeights representation, TaskSamples inputs, int threads)
    {
        var shape = representation.Shape;
        var layout = new PaddedMlp(shape);
        using var parameters = new AlignedMemory(layout.Length);
        layout.Pack(representation, parameters.Span(0, layout.Length));
        var features = new TaskSamples(inputs.Tasks, inputs.Samples, shape.Outputs);
        Parallel.For(0, inputs.Tasks, new ParallelOptions { MaxDegreeOfParallelism = threads }, task =>
        {
            using var activations = new AlignedMemory((shape.Depth + 1L) * Block * layout.Width);
            var from = inputs.Task(task);
            var to = features.Task(task);
            for (var start = 0; start < inputs.Samples; start += Block)
            {
                var count = Math.Min(Block, inputs.Samples - start);
                for (var sample = 0; sample < count; sample++)
                    from.Slice((start + sample) * shape.Inputs, shape.Inputs).CopyTo(activations.Span(sample * layout.Width, layout.Width));
                MlpForward<TSimd, TVector, TWidth>.Run(
                    layout, parameters.Floats, activations.Floats, Block, AlignedMemory.RoundUp(count, RegisterTile<TSimd, TVector>.Rows));
                for (var sample = 0; sample < count; sample++)
                    activations.Span(((long)shape.Depth * Block + sample) * layout.Width, shape.Outputs).CopyTo(to[((start + sample) * shape.Outputs)..]);
            }
        });
        return features;
    }
}
