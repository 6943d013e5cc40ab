using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) in PyTorch's form, its rate at each step, and the batches it sees. The defaults are the
/// ones of the notebook to 2405.15116, for every stage.
/// </summary>
public record OptimiserOptions
{
    [Description("The highest learning rate.")]
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 1e-3;

    [Description("What the rate does after its warm-up: constant, linear (it falls to 0 at the end) or cosine (likewise, "
        + "on half a cosine).")]
    public RateShape Schedule { get; init; } = RateShape.Constant;

    [Description("Share of the steps in which the rate rises from 0 to its highest.")]
    [Range(0.0, 1.0)]
    public double WarmUp { get; init; }

    [Description("Decay of the mean of the gradients.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    [Description("Decay of the mean of the squared gradients.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    [Description("Added to the root of the bias-corrected second moment.")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 1e-8;

    [Description("Decoupled weight decay; acts on weights and biases alike, as in PyTorch, "
        + "but in encoders neither on biases nor on LayerNorms.")]
    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; } = 0.01;

    [Description("Gradients of a model whose norm over all its parameters is greater are scaled down to it; 0: never. "
        + "Of MLPs and heads by torch only.")]
    [Range(0.0, 1e9)]
    public double MaxGradNorm { get; init; }

    [Description("Samples of a batch; the last one of an epoch holds what is left.")]
    [Range(1, 10_000_000)]
    public int Batch { get; init; } = 32;

    [Description("Batches whose gradients are averaged before a step; fewer at the end of an epoch. Of MLPs and heads by torch only.")]
    [Range(1, 10_000)]
    public int Accumulate { get; init; } = 1;

    [Description("Passes over the samples.")]
    [Range(1, 100_000_000)]
    public int Epochs { get; init; } = 1000;

    /// <summary>The rate of each step of a training.</summary>
    public LearningRateSchedule Rates(long totalSteps) => new(Schedule, LearningRate, (long)(WarmUp * totalSteps), totalSteps);

    /// <summary>Steps of an epoch of so many batches; those that do not fill the last accumulation count as one.</summary>
    public int StepsPerEpoch(int batches) => (batches + Accumulate - 1) / Accumulate;
}
