using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using W2S.Models;

namespace W2S.Training;

/// <summary>How an encoder is pretrained. Names, decay and schedule are MolBERT's; the rate is ours, for encoders a tenth as wide.</summary>
public sealed record EncoderPretrainingOptions
{
    [Description("Passes over the molecules.")]
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 2;

    [Description("Sequences of a batch.")]
    [Range(1, 100_000)]
    public int Batch { get; init; } = 16;

    [Description("Batches whose gradients are averaged before a step.")]
    [Range(1, 10_000)]
    public int Accumulate { get; init; } = 1;

    [Description("The highest learning rate.")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 1e-3;

    [Description("Share of the steps in which the rate rises to its highest; it falls to 0 in the others.")]
    [Range(0.0, 1.0)]
    public double WarmUp { get; init; } = 0.1;

    [Description("Decoupled weight decay; biases and LayerNorms are not decayed.")]
    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; } = 0.01;

    [Description("Gradients of a greater norm over all parameters are scaled down to it; 0 means never, as in MolBERT.")]
    [Range(0.0, 1e9)]
    public double MaxGradNorm { get; init; } = 1;

    [Description("Share of activations dropped while training; BERT and MolBERT have 0.1, the fused engine needs 0.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    [Description("single or bfloat16 (matrix products only; for CUDA). The fused engine has single.")]
    public EncoderPrecision Precision { get; init; }

    [Description("What the descriptors' loss, which is small, counts beside the others in the sum; 1 in MolBERT.")]
    [Range(0.0, 1e6)]
    public double DescriptorWeight { get; init; } = 1;

    [Description("Parts of a batch that the fused engine computes at once, a core each; decides the order of summation.")]
    [Range(1, 1024)]
    public int Parts { get; init; } = 1;

    [Description("Which tokens are hidden, and behind what.")]
    public TokenMaskingOptions Masking { get; init; } = new();
}
