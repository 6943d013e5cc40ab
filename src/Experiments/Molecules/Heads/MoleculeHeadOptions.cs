using System.ComponentModel;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>How a linear head is fitted on the frozen features of molecules. 2405.15116 leaves all of this open: see docs/molecules.md.</summary>
public sealed record MoleculeHeadOptions
{
    [Description("exact (ridge in closed form, its strength by generalised cross-validation) or adamw (gradient descent).")]
    public HeadSolver Solver { get; init; } = HeadSolver.Exact;

    [Description("What stands for a molecule: pooled (MolBERT's tanh of [CLS]) or mean (of all its tokens).")]
    public EncoderPooling Pooling { get; init; } = EncoderPooling.Pooled;

    [Description("Whether heads are fitted as MolBERT's own program does: 15 % of the input tokens masked, dropout on. Predictions are clean.")]
    public bool Stock { get; init; }

    [Description("AdamW's numbers; adamw only. Batch 16 and 50 epochs are MolBERT's, the rate is our choice.")]
    public OptimiserOptions Optimiser { get; init; } = new() { Batch = 16, Epochs = 50 };
}
