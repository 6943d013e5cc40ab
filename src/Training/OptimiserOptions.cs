using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) in PyTorch's form, and the batches it sees. The defaults are the ones of the
/// notebook to 2405.15116, for every stage.
/// </summary>
public sealed record OptimiserOptions
{
    [Description("Step size; constant.")]
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 1e-3;

    [Description("Decay of the mean of the gradients.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    [Description("Decay of the mean of the squared gradients.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    [Description("Added to the root of the bias-corrected second moment.")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 1e-8;

    [Description("Decoupled weight decay; acts on weights and biases alike, as in PyTorch.")]
    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; } = 0.01;

    [Description("Samples per step; the last batch of an epoch holds what is left.")]
    [Range(1, 10_000_000)]
    public int Batch { get; init; } = 32;

    [Description("Passes over the samples.")]
    [Range(1, 100_000_000)]
    public int Epochs { get; init; } = 1000;
}
