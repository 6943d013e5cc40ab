namespace W2S.Training;

/// <summary>
/// What the steps of a training see. A step's batches are a function of the step alone, so an interrupted training goes on
/// with the same ones and needs no state of them.
/// </summary>
/// <typeparam name="TBatch">What the loss is given.</typeparam>
public interface IBatches<TBatch> : IDisposable
{
    /// <summary>Batches in one pass over the data.</summary>
    int StepsPerEpoch { get; }

    /// <summary>
    /// The batches of a step: one, or several whose gradients are averaged. Their tensors belong to the caller's dispose scope.
    /// </summary>
    IReadOnlyList<TBatch> Of(long step);

    /// <summary>Where in the data a step is, for people: "epoch 3".</summary>
    string Place(long step) => $"epoch {step / StepsPerEpoch + 1}";
}
