using W2S.Experiments;
using W2S.Runs;

namespace W2S.Cli;

/// <summary>`train-weak`: stage 1.</summary>
internal sealed class TrainWeakCommand : HeadStageCommand
{
    public TrainWeakCommand() : base("train-weak", "Fits the weak model: heads on the weak representation, on true labels.",
        "Trains the weak representation (or finds a finished one with the same settings), freezes it, fits a head on it for each new task, and "
        + "measures the weak error on fresh samples. train-w2s takes the run's folder, which is the last line of the output.", "weak")
    {
        AddExample("train-weak --hidden 32", "A weak model of hidden width 32:");
        AddExample("train-weak --config 2c --solver exact", "The weak model of Figure 2c, its heads by least squares:");
        AddExample("train-weak --data lipop --hidden 32", "A weak transformer of width 32 on lipophilicity, in three splits:");
    }

    protected override Result Train(StageRuns stages, Study study, string? folder) => stages.TrainWeak(study, folder);
}
