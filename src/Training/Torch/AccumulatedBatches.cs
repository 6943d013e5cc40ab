namespace W2S.Training;

/// <summary>Steps that each take several batches in a row of the same epoch; its last step takes what is left.</summary>
/// <param name="inner">Owned from now on.</param>
internal sealed class AccumulatedBatches<TBatch>(IBatches<TBatch> inner, OptimiserOptions optimiser) : IBatches<TBatch>
{
    public int StepsPerEpoch { get; } = optimiser.StepsPerEpoch(inner.StepsPerEpoch);

    public IReadOnlyList<TBatch> Of(long step)
    {
        var first = First(step);
        var count = Math.Min(optimiser.Accumulate, inner.StepsPerEpoch - first % inner.StepsPerEpoch);
        return [.. Enumerable.Range(0, (int)count).SelectMany(batch => inner.Of(first + batch))];
    }

    public string Place(long step) => inner.Place(First(step));

    public void Dispose() => inner.Dispose();

    /// <summary>The number of a step's first batch, all epochs counted.</summary>
    private long First(long step) => step / StepsPerEpoch * inner.StepsPerEpoch + step % StepsPerEpoch * optimiser.Accumulate;
}
