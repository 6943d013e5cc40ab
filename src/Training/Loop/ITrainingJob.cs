namespace W2S.Training;

/// <summary>
/// What the training loop trains: a representation, or all heads of a stage. The job owns its parameters, its
/// optimiser's moments and its data; the loop owns time: when to log, save and stop.
/// </summary>
/// <remarks>
/// A job advances by chunks of steps, not one by one, so that an engine may do a chunk in one kernel without
/// returning. Cutting a run into other chunks must not change one bit of its state: every shuffle is a function of
/// (seed, stream, epoch), and sums are accumulated in the order of the steps.
/// </remarks>
public interface ITrainingJob : IDisposable
{
    /// <summary>For people: "strong representation (8 × 16)".</summary>
    string Name { get; }

    /// <summary>Which engine runs it: "fused (AVX-512)", "torch (cpu)".</summary>
    string Engine { get; }

    /// <summary>Steps in one pass over the data.</summary>
    int StepsPerEpoch { get; }

    /// <summary>The steps of the whole training; <see cref="Evaluate"/> may make it less, down to the steps done.</summary>
    long TotalSteps { get; }

    /// <summary>Trains the steps [step, step + count). Steps are 0-based and always come in order.</summary>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    void Advance(long step, int count);

    /// <summary>The mean training loss of the steps since the last call, and starts a new mean.</summary>
    double TakeMeanLoss();

    /// <summary>Everything that the next step depends on, the unfinished mean of the loss included.</summary>
    IReadOnlyList<NamedTensor> Save();

    /// <summary>Puts the job into a saved state.</summary>
    /// <exception cref="InvalidDataException">The state belongs to a job of another shape; nothing has changed.</exception>
    void Load(IReadOnlyDictionary<string, NamedTensor> state);

    /// <summary>
    /// The first evaluation point after a step: a number of steps done, a function of the step alone. The loop evaluates the job
    /// there, logs the value as <c>evaluation</c>, and calls <see cref="TrainingCallbacks.OnEvaluation"/>. Most jobs have none.
    /// </summary>
    long NextEvaluation(long step) => long.MaxValue;

    /// <summary>
    /// Measures the job as it is, on held-out samples say, which may end it: <see cref="TotalSteps"/> then is <paramref name="step"/>.
    /// </summary>
    /// <param name="step">Steps done.</param>
    double Evaluate(long step) => double.NaN;
}

/// <summary>The loss stopped being a number.</summary>
public sealed class NonFiniteLossException(long step, string where)
    : Exception($"The loss became NaN or infinite at step {step} ({where}).")
{
    /// <summary>The first step whose loss was not finite.</summary>
    public long Step { get; } = step;
}
