namespace W2S.Training;

/// <summary>
/// A job that is measured while it trains, on held-out samples say. The loop measures it at its evaluation points, logs the value
/// as <c>evaluation</c>, and calls <see cref="TrainingCallbacks.OnEvaluation"/>.
/// </summary>
public interface IEvaluatedJob : ITrainingJob
{
    /// <summary>The first evaluation point after a step: a number of steps done, a function of the step alone.</summary>
    long NextEvaluation(long step);

    /// <summary>Measures the job as it is, which may end it: <see cref="ITrainingJob.TotalSteps"/> then is <paramref name="step"/>.</summary>
    /// <param name="step">Steps done.</param>
    double Evaluate(long step);
}
