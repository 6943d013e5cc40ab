using W2S.Training.Objectives;

namespace W2S.Training.Fused;

/// <summary>Chooses the compiled copies of the kernels by width, link and loss, for one instruction set.</summary>
internal static unsafe class FusedKernels<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    /// <summary>Samples whose activations stay in the first-level cache.</summary>
    private const int Block = 32;

    public static IEngine.IRepresentationJob Pretrain(PretrainingProblem problem, string engine) =>
        new PaddedMlp(problem.Initial.Shape).Width switch
    {
        16 => new PretrainingJob<TSimd, TVector, Width16>(problem, engine),
        32 => new PretrainingJob<TSimd, TVector, Width32>(problem, engine),
        48 => new PretrainingJob<TSimd, TVector, Width48>(problem, engine),
        _ => new PretrainingJob<TSimd, TVector, Width64>(problem, engine),
    };

    public static TaskSamples Features(MlpWeights representation, TaskSamples inputs, int threads) =>
        new PaddedMlp(representation.Shape).Width switch
    {
        16 => Features<Width16>(representation, inputs, threads),
        32 => Features<Width32>(representation, inputs, threads),
        48 => Features<Width48>(representation, inputs, threads),
        _ => Features<Width64>(representation, inputs, threads),
    };

    public static IEngine.IHeadJob FitHeads(HeadProblem problem, string engine, int threads) => problem.Objective switch
    {
        CrossEntropy => Fit<SoftmaxCrossEntropy<TSimd, TVector>>(problem, engine, threads),
        Squared { Link: Link.Tanh } => Fit<SquaredError<TSimd, TVector, FusedLinks.Tanh<TSimd, TVector>>>(problem, engine, threads),
        Squared { Link: Link.Relu } => Fit<SquaredError<TSimd, TVector, FusedLinks.Relu<TSimd, TVector>>>(problem, engine, threads),
        Squared { Link: Link.Sigmoid } => Fit<SquaredError<TSimd, TVector, FusedLinks.Sigmoid<TSimd, TVector>>>(problem, engine, threads),
        _ => Fit<SquaredError<TSimd, TVector, FusedLinks.Identity<TSimd, TVector>>>(problem, engine, threads),
    };

    private static IEngine.IHeadJob Fit<TLoss>(HeadProblem problem, string engine, int threads) where TLoss : struct, IHeadLoss<TSimd, TVector> =>
        new HeadJob<TSimd, TVector, TLoss>(problem, engine, threads);

    /// <summary>The forward pass of a frozen representation over all samples of all tasks, block by block.</summary>
    private static TaskSamples Features<TWidth>(MlpWeights representation, TaskSamples inputs, int threads) where TWidth : struct, IWidth
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
                    activations.Span(((long)shape.Depth * Block + sample) * layout.Width, shape.Outputs)
                        .CopyTo(to[((start + sample) * shape.Outputs)..]);
            }
        });
        return features;
    }

    private readonly struct Width16 : IWidth
    {
        public static int Value => 16;
    }

    private readonly struct Width32 : IWidth
    {
        public static int Value => 32;
    }

    private readonly struct Width48 : IWidth
    {
        public static int Value => 48;
    }

    private readonly struct Width64 : IWidth
    {
        public static int Value => 64;
    }
}
