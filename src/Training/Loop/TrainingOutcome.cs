namespace W2S.Training;

/// <summary>How a training ended.</summary>
/// <param name="Steps">All steps of the job, those before a resume included.</param>
/// <param name="FinalLoss">The mean loss at the last log point; NaN for a job without steps.</param>
/// <param name="History">The mean loss at every log point; the same whether or not the training was interrupted.</param>
/// <param name="ResumedFrom">
/// The step of the checkpoint that this run continued from (equal to Steps where nothing was left to do); null for a fresh start.
/// </param>
public sealed record TrainingOutcome(long Steps, double FinalLoss, IReadOnlyList<CheckpointManifest.LossPoint> History, long? ResumedFrom)
{
    /// <summary>Whether nothing was left to do.</summary>
    public bool WasFinished => ResumedFrom == Steps;
}

/// <summary>The training cannot go on; the message is a paragraph that names the cause and the remedy. The program exits with 1.</summary>
public sealed class TrainingFailedException(string message, Exception inner) : Exception(message, inner);
