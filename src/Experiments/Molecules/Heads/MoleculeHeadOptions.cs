using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>How a linear head is fitted on the frozen features of molecules. 2405.15116 leaves all of this open: see docs/molecules.md.</summary>
public sealed record MoleculeHeadOptions
{
    [Description("exact (ridge in closed form, its strength by generalised cross-validation) or adamw (gradient descent).")]
    public HeadSolver Solver { get; init; } = HeadSolver.Exact;

    [Description("What stands for a molecule: pooled (MolBERT's tanh of [CLS]) or mean (of all its tokens).")]
    public EncoderPooling Pooling { get; init; } = EncoderPooling.Pooled;

    [Description("Heads are fitted on so many passes of the encoder with 15 % of the tokens masked and dropout on; 0: on clean features. MolBERT's own program makes a pass for each epoch, 50.")]
    [Range(0, 1000)]
    public int StockPasses { get; init; }

    [Description("AdamW's numbers; adamw only. Batch 16 and 50 epochs are MolBERT's, the rate is our choice.")]
    public OptimiserOptions Optimiser { get; init; } = new() { Batch = 16, Epochs = 50 };
}
