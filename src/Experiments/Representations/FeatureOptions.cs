using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>What stands for an example that an encoder reads.</summary>
public sealed record FeatureOptions
{
    [Description("What stands for an example: pooled (a tanh layer over [CLS], MolBERT's), mean (of all its tokens), cls ([CLS] as it is) "
        + "or max (the greatest of each column).")]
    public EncoderPooling Pooling { get; init; } = EncoderPooling.Pooled;

    [Description("A text that is longer than its encoder reads: truncate (its end is left out) or split (it is read in parts of like "
        + "lengths, whose vectors are averaged).")]
    public LongTexts Long { get; init; } = LongTexts.Truncate;

    [Description("Heads are fitted on so many passes of the encoder in train mode, with 15 % of the tokens masked and dropout on; 0: on "
        + "clean features. MolBERT's own program makes a pass for each epoch, 50.")]
    [Range(0, 1000)]
    public int TrainModePasses { get; init; }

    /// <summary>What becomes of a text that is longer than its encoder reads.</summary>
    public enum LongTexts
    {
        /// <summary>Its end is left out.</summary>
        Truncate,

        /// <summary>It is read in parts of like lengths, and their vectors are averaged.</summary>
        Split,
    }
}
