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
            InstructionSet.Avx512 => FusedKernels<Simd512, Vector512<float>>.Pretrain(problem, Name),
            InstructionSet.Avx2 => FusedKernels<Simd256, Vector256<float>>.Pretrain(problem, Name),
            _ => FusedKernels<SimdScalar, float>.Pretrain(problem, Name),
        };
    }

    /// <exception cref="NotSupportedException">A layer is wider than 64.</exception>
    public TaskSamples Features(MlpWeights representation, TaskSamples inputs)
    {
        ThrowIfUnsupported(Supports(representation.Shape), $"networks {representation.Shape}");
        return _instructions switch
        {
            InstructionSet.Avx512 => FusedKernels<Simd512, Vector512<float>>.Features(representation, inputs, _threads),
            InstructionSet.Avx2 => FusedKernels<Simd256, Vector256<float>>.Features(representation, inputs, _threads),
            _ => FusedKernels<SimdScalar, float>.Features(representation, inputs, _threads),
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
            InstructionSet.Avx512 => FusedKernels<Simd512, Vector512<float>>.FitHeads(problem, Name, _threads),
            InstructionSet.Avx2 => FusedKernels<Simd256, Vector256<float>>.FitHeads(problem, Name, _threads),
            _ => FusedKernels<SimdScalar, float>.FitHeads(problem, Name, _threads),
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
}
