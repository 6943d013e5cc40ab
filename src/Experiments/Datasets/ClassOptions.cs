using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>What labels of classes are.</summary>
public enum ClassLabels
{
    /// <summary>The true probabilities.</summary>
    Soft,

    /// <summary>One class for each example, drawn from them.</summary>
    Hard,
}

/// <summary>Gaussian tasks of classes: where the objective is one of probabilities, a task is a softmax head on h*.</summary>
public sealed record ClassOptions
{
    [Description("Classes of each task.")]
    [Range(2, 1000)]
    public int Count { get; init; } = 5;

    [Description("Standard deviation of a task's true logits; the larger, the surer is the true answer.")]
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double LogitStd { get; init; } = 2;

    [Description("What weak model and ceiling are fitted to: soft (the true probabilities), or hard (a class drawn from them). Errors are measured on the probabilities.")]
    public ClassLabels Labels { get; init; } = ClassLabels.Soft;
}
