namespace W2S.Cli;

/// <summary>`train-weak`, stage 1, and `train-strong`, the ceiling: a representation, then heads on it, in a run folder.</summary>
internal sealed class HeadStageCommand : StageCommand
{
    private const string OnTables = "With --data it does the same on a table, for each split: heads read what a frozen transformer says of "
        + "molecules, or stored features. Where nothing else is said of the transformer, the one in checkpoints/molecules is taken: weak-32 and so on by --hidden, or strong; any option about pretraining trains one.";

    private readonly RunOptions _run = new(
        $"The run's folder. Default: one under {Root}/, named after shape, seed and a hash of the settings.");

    private HeadStageCommand(string name, string summary, string details, string role, Func<StageRuns, Study, string?, Result> train)
        : base(name, summary, $"{details} {OnTables}", role)
    {
        AddGroup("The run", _run.Options);
        SetAction(parsed =>
        {
            var (training, study) = (_run.Training(parsed), Study(parsed));
            if (_run.IsDry(parsed)) Run(parsed, run => Stages(run).Foresee(role, study, _run.Folder(parsed)), ForecastText.Show);
            else Run(parsed, run => train(Stages(run), study, _run.Folder(parsed)), ResultText.Show);

            StageRuns Stages(RunServices run) =>
                new(Root, DataFolders.Usual(), Cores(study), training, _run.Force(parsed), CommandOf(parsed), run);
        });
    }

    public static HeadStageCommand Weak()
    {
        var command = new HeadStageCommand(
            "train-weak", "Fits the weak model: heads on the weak representation, on true labels.",
            "Trains the weak representation (or finds a finished one with the same settings), freezes it, fits a head on it for each new task, and "
            + "measures the weak error on fresh samples. train-w2s takes the run's folder, which is the last line of the output.",
            "weak", (stages, study, folder) => stages.TrainWeak(study, folder));
        command.AddExample("train-weak --hidden 32", "A weak model of hidden width 32:");
        command.AddExample("train-weak --config 2c --solver exact", "The weak model of Figure 2c, its heads by least squares:");
        command.AddExample("train-weak --data lipop --hidden 32", "A weak transformer of width 32 on lipophilicity, in three splits:");
        return command;
    }

    public static HeadStageCommand Strong()
    {
        var command = new HeadStageCommand(
            "train-strong", "Fits the ceiling: heads on the strong representation, on true labels.",
            "Trains the strong representation (or finds a finished one with the same settings), freezes it, fits a head on it for each new task, and "
            + "measures the ceiling: the error of a student that is told the truth.",
            "strong", (stages, study, folder) => stages.TrainStrong(study, folder));
        command.AddExample("train-strong", "The ceiling at the paper's settings:");
        command.AddExample("train-strong --depth 4 --seed 3", "The ceiling of a network of 4 layers, for seed 3:");
        command.AddExample(
            "train-strong --data lipop --strong molbert:released/last.ckpt", "The ceiling of MolBERT's released encoder on lipophilicity:");
        return command;
    }
}
