using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>Classes: of Gaussian tasks, which then are softmax heads on h*, or of a table.</summary>
public sealed record ClassOptions
{
    [Description("Classes of each Gaussian task.")]
    [Range(2, 1000)]
    public int Count { get; init; } = 5;

    [Description("Standard deviation of a task's true logits; the larger, the surer is the true answer.")]
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double LogitStd { get; init; } = 2;

    [Description("What weak model and ceiling are fitted to: soft (the true probabilities), or hard (a class drawn from them). Errors are measured on the probabilities.")]
    public LabelKind Labels { get; init; } = LabelKind.Soft;

    [Description("Tables of numbers: so many classes, cut at the quantiles of the labels of each split's train part (2: below and above their median); 0: the labels must be classes.")]
    [Range(0, 1000)]
    public int FromNumbers { get; init; }

    [Description("Tables: ε of true labels (1 − ε) y + ε / classes, which all stages and errors see; above 0 a divergence from a row of one class is finite.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Smoothing { get; init; }

    /// <summary>What labels of Gaussian tasks of classes are.</summary>
    public enum LabelKind
    {
        /// <summary>The true probabilities.</summary>
        Soft,

        /// <summary>One class for each example, drawn from them.</summary>
        Hard,
    }
}
