using W2S.Experiments;
using W2S.Runs;

namespace W2S.Cli;

/// <summary>`train-strong`: the ceiling.</summary>
internal sealed class TrainStrongCommand : HeadStageCommand
{
    public TrainStrongCommand() : base("train-strong", "Fits the ceiling: heads on the strong representation, on true labels.",
        "Trains the strong representation (or finds a finished one with the same settings), freezes it, fits a head on it for each new task, and "
        + "measures the ceiling: the error of a student that is told the truth.", "strong")
    {
        AddExample("train-strong", "The ceiling at the paper's settings:");
        AddExample("train-strong --depth 4 --seed 3", "The ceiling of a network of 4 layers, for seed 3:");
        AddExample("train-strong --data lipop --strong molbert:released/last.ckpt", "The ceiling of MolBERT's released encoder on lipophilicity:");
    }

    protected override Result Train(StageRuns stages, Study study, string? folder) => stages.TrainStrong(study, folder);
}
