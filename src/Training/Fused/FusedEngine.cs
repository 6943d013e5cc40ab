using System.Runtime.Intrinsics;
using W2S.Training.Objectives;
using W2S.Training.Fused;

namespace W2S.Training;

/// <summary>
/// Trains small networks on the processor without libtorch: forward, backward and AdamW of a step are one kernel, whose
/// numbers never leave the first- and second-level caches. For widths up to 64.
/// </summary>
public sealed class FusedEngine : IEngine
{
    private readonly int _threads;
    private readonly InstructionSet _instructions;

    /// <param name="threads">Cores for head fitting and features, at least 1; pretraining takes one. Does not change any result.</param>
    /// <param name="instructions">What to compute with; the best there is if null. Results differ by the order of summation.</param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instructions asked for.</exception>
    public FusedEngine(int threads, InstructionSet? instructions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        (_threads, _instructions) = (threads, instructions ?? InstructionSets.Best);
        if (!InstructionSets.IsSupported(_instructions))
            throw new PlatformNotSupportedException($"This processor has no {_instructions.Title()}.");
    }

    public string Name => $"fused ({_instructions.Title()})";

    /// <summary>Whether the kernels serve a network of this shape: no layer, input or output wider than 64.</summary>
    public static bool Supports(MlpShape shape) => shape.Widest <= PaddedMlp.MaximalWidth;

    /// <summary>Whether the kernels serve heads of this shape: width at most 64, at most 16 outputs.</summary>
    public static bool Supports(LinearHeads heads) => heads.Width <= PaddedMlp.MaximalWidth && heads.Outputs <= HeadGroups.MaximalOutputs;

    /// <summary>Whether there are kernels for it: the squared error of one output, or cross-entropy of two classes or more.</summary>
    public static bool Supports(Objective objective, LinearHeads heads) => heads.Outputs == 1
        ? objective is Squared
        : objective.GetType() == typeof(CrossEntropy);

    /// <summary>
    /// Whether the kernels, which never write a gradient to memory, can take such steps: none that are accumulated or clipped.
    /// </summary>
    public static bool Supports(OptimiserOptions optimiser) => optimiser is { Accumulate: 1, MaxGradNorm: 0 };

    /// <exception cref="NotSupportedException">A layer is wider than 64, or gradients are to be accumulated or clipped.</exception>
    public IEngine.IRepresentationJob Pretrain(PretrainingProblem problem)
    {
        ThrowIfUnsupported(Supports(problem.Initial.Shape), $"networks {problem.Initial.Shape}");
        ThrowIfUnsupported(problem.Optimiser);
        return _instructions switch
        {
            InstructionSet.Avx512 => Kernels<Simd512, Vector512<float>>.Pretrain(problem, Name),
            InstructionSet.Avx2 => Kernels<Simd256, Vector256<float>>.Pretrain(problem, Name),
            _ => Kernels<SimdScalar, float>.Pretrain(problem, Name),
        };
    }

    /// <exception cref="NotSupportedException">A layer is wider than 64.</exception>
    public TaskSamples Features(MlpWeights representation, TaskSamples inputs)
    {
        ThrowIfUnsupported(Supports(representation.Shape), $"networks {representation.Shape}");
        return _instructions switch
        {
            InstructionSet.Avx512 => Kernels<Simd512, Vector512<float>>.Features(representation, inputs, _threads),
            InstructionSet.Avx2 => Kernels<Simd256, Vector256<float>>.Features(representation, inputs, _threads),
            _ => Kernels<SimdScalar, float>.Features(representation, inputs, _threads),
        };
    }

    /// <exception cref="NotSupportedException">
    /// The heads are wider than 64, or have more than 16 outputs; there are no kernels for the objective; or gradients are to be
    /// accumulated or clipped.
    /// </exception>
    /// <exception cref="ArgumentException">Heads, labels and objective do not fit one another.</exception>
    public IEngine.IHeadJob FitHeads(HeadProblem problem)
    {
        var heads = problem.Initial;
        ThrowIfUnsupported(Supports(heads), $"heads of width {heads.Width} with {heads.Outputs} outputs");
        problem.Check();
        ThrowIfUnsupported(problem.Optimiser);
        ThrowIfUnsupported(Supports(problem.Objective, heads), $"{problem.Objective.Name} with {heads.Outputs} outputs");
        return _instructions switch
        {
            InstructionSet.Avx512 => Kernels<Simd512, Vector512<float>>.FitHeads(problem, Name, _threads),
            InstructionSet.Avx2 => Kernels<Simd256, Vector256<float>>.FitHeads(problem, Name, _threads),
            _ => Kernels<SimdScalar, float>.FitHeads(problem, Name, _threads),
        };
    }

    private static void ThrowIfUnsupported(OptimiserOptions optimiser)
    {
        if (!Supports(optimiser))
            throw new NotSupportedException(
                "The fused kernels of MLPs and heads neither accumulate gradients nor clip them: "
                    + "take the torch engine, or accumulate 1 and max_grad_norm 0.");
    }

    private static void ThrowIfUnsupported(bool supported, string what)
    {
        if (!supported)
            throw new NotSupportedException($"The fused engine has kernels up to width {PaddedMlp.MaximalWidth} and "
                + $"{HeadGroups.MaximalOutputs} outputs, not for {what}; use the torch engine.");
    }

    /// <summary>Chooses the compiled copies of the kernels by width, link and loss, for one instruction set.</summary>
    private static unsafe class Kernels<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
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
            Squared { Link: Link.Tanh } => FitSquared<FusedLinks.Tanh<TSimd, TVector>>(problem, engine, threads),
            Squared { Link: Link.Relu } => FitSquared<FusedLinks.Relu<TSimd, TVector>>(problem, engine, threads),
            Squared { Link: Link.Sigmoid } => FitSquared<FusedLinks.Sigmoid<TSimd, TVector>>(problem, engine, threads),
            _ => FitSquared<FusedLinks.Identity<TSimd, TVector>>(problem, engine, threads),
        };

        private static IEngine.IHeadJob FitSquared<TLink>(HeadProblem problem, string engine, int threads)
            where TLink : struct, FusedLinks.ILink<TSimd, TVector> => Fit<SquaredError<TSimd, TVector, TLink>>(problem, engine, threads);

        private static IEngine.IHeadJob Fit<TLoss>(HeadProblem problem, string engine, int threads)
            where TLoss : struct, HeadGroups.ILoss<TSimd, TVector> => new HeadJob<TSimd, TVector, TLoss>(problem, engine, threads);

        /// <summary>The forward pass of a frozen representation over all samples of all tasks, block by block.</summary>
        private static TaskSamples Features<TWidth>(MlpWeights representation, TaskSamples inputs, int threads)
            where TWidth : struct, PaddedMlp.IWidth
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
                        from.Slice((start + sample) * shape.Inputs, shape.Inputs)
                            .CopyTo(activations.Span(sample * layout.Width, layout.Width));
                    MlpPass<TSimd, TVector, TWidth>.Forward(
                        layout, parameters.Floats, activations.Floats, Block,
                        AlignedMemory.RoundUp(count, RegisterTile<TSimd, TVector>.Rows));
                    for (var sample = 0; sample < count; sample++)
                        activations.Span(((long)shape.Depth * Block + sample) * layout.Width, shape.Outputs)
                            .CopyTo(to[((start + sample) * shape.Outputs)..]);
                }
            });
            return features;
        }

        private readonly struct Width16 : PaddedMlp.IWidth
        {
            public static int Value => 16;
        }

        private readonly struct Width32 : PaddedMlp.IWidth
        {
            public static int Value => 32;
        }

        private readonly struct Width48 : PaddedMlp.IWidth
        {
            public static int Value => 48;
        }

        private readonly struct Width64 : PaddedMlp.IWidth
        {
            public static int Value => 64;
        }
    }
}
