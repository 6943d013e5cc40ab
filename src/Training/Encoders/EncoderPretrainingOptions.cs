using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Training;

/// <summary>
/// How an encoder is pretrained. Names, decay and schedule are MolBERT's; the rate is ours, for encoders a tenth as wide.
/// </summary>
public sealed record EncoderPretrainingOptions : OptimiserOptions
{
    public EncoderPretrainingOptions() => (Epochs, Batch, Schedule, WarmUp, MaxGradNorm) = (2, 16, RateShape.Linear, 0.1, 1);

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
    public MaskingOptions Masking { get; init; } = new();

    /// <summary>Which tokens a masked-token training hides, and behind what. The defaults are BERT's and MolBERT's.</summary>
    public sealed record MaskingOptions
    {
        [Description("Probability that an ordinary token is to be predicted; each is drawn on its own.")]
        [Range(0.0, 1.0)]
        public double Share { get; init; } = 0.15;

        [Description("Of the tokens to be predicted, the share that is replaced by [MASK].")]
        [Range(0.0, 1.0)]
        public double MaskShare { get; init; } = 0.8;

        [Description("Of the tokens to be predicted, the share that is replaced by another ordinary token; what is left stays as it is.")]
        [Range(0.0, 1.0)]
        public double RandomShare { get; init; } = 0.1;
    }
}
