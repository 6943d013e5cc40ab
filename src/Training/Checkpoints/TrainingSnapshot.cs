using W2S.Models;

namespace W2S.Training;

/// <summary>What a checkpoint keeps of a training job between two steps.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="State">What the job saved: weights, moments, counters.</param>
public sealed record TrainingSnapshot(string Job, long Step, double Epoch, IReadOnlyList<LossPoint> History, IReadOnlyList<NamedTensor> State)
{
    /// <summary>The last logged loss; null before the first log point.</summary>
    public double? Loss => History.Count > 0 ? History[^1].Loss : null;
}
