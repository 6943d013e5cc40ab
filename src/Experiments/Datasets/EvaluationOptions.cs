using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>The part of a table's splits on which errors are measured.</summary>
public enum EvaluationPart
{
    Test,
    Valid,
}

/// <summary>The examples on which errors and misfit are measured.</summary>
public sealed record EvaluationOptions
{
    [Description("Fresh samples of each Gaussian task on which errors are measured.")]
    [Range(1, 10_000_000)]
    public int Samples { get; init; } = 2000;

    [Description("Gaussian: false, misfit on the sample of the errors (paper); true, on a sample of its own (notebook).")]
    public bool SeparateMisfitSample { get; init; }

    [Description("Tables: test or valid.")]
    public EvaluationPart Part { get; init; } = EvaluationPart.Test;
}
