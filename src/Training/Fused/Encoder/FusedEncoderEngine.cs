using W2S.Training.Fused;

namespace W2S.Training;

/// <summary>Encoders on the processor without libtorch, packed without padding: see <see cref="FusedEncoder"/>.</summary>
internal sealed class FusedEncoderEngine : IEncoderEngine
{
    private readonly int _parts;
    private readonly InstructionSet _instructions;

    /// <param name="parts">How many parts of a batch are computed at once, each on a core; decides the order of summation.</param>
    /// <param name="instructions">What to compute with; the best there is if null.</param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instructions asked for.</exception>
    public FusedEncoderEngine(int parts = 1, InstructionSet? instructions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        (_parts, _instructions) = (parts, instructions ?? InstructionSets.Best);
        if (!InstructionSets.IsSupported(_instructions))
            throw new PlatformNotSupportedException($"This processor has no {_instructions.Title()}.");
    }

    public string Name => _parts == 1 ? $"fused ({_instructions.Title()})" : $"fused ({_instructions.Title()}, {_parts} parts)";

    /// <summary>What the kernels lack for such a training, in words; null: nothing.</summary>
    public static string? Obstacle(EncoderPretrainingOptions options) =>
        options.Dropout > 0 ? "dropout" : options.Precision != EncoderPrecision.Single ? "bfloat16" : null;

    /// <exception cref="UserErrorException">Dropout or another precision is asked for, which the kernels do not have.</exception>
    public IEncoderEngine.IJob Pretrain(EncoderPretrainingProblem problem)
    {
        if (Obstacle(problem.Options) is { } lacking)
            throw new UserErrorException($"The fused engine has no {lacking}. Leave it out, or take the engine torch.");
        var (descriptors, pairs) = (problem.Descriptors, problem.HasPairs);
        return new FusedEncoderJob(problem, new FusedEncoder(problem.Shape, descriptors, pairs, _instructions, _parts), Name);
    }
}
