using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Training;

/// <summary>Which tokens a masked-token training hides, and behind what. The defaults are BERT's and MolBERT's.</summary>
public sealed record TokenMaskingOptions
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
