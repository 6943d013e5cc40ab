namespace W2S.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) in PyTorch's form, and the batches it sees. The defaults are the ones of the
/// notebook to 2405.15116, for every stage.
/// </summary>
public sealed record OptimiserOptions
{
    /// <summary>Step size; constant.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the bias-corrected second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay; acts on weights and biases alike, as in PyTorch.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Samples per step; the last batch of an epoch holds what is left.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Passes over the samples.</summary>
    public int Epochs { get; init; } = 1000;
}
