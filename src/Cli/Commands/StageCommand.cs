namespace W2S.Cli;

/// <summary>`train-weak`, stage 1, and `train-strong`, the ceiling: a representation, then heads on it, in a run folder.</summary>
internal sealed class StageCommand : DocumentedCommand
{
    /// <summary>Where trained representations go, and the runs of single stages that are not told otherwise.</summary>
    public const string Root = "checkpoints";

    private const string OnTables = "With --data it does the same on a table, for each split: heads read what a frozen transformer says of "
        + "molecules, or stored features. Where nothing else is said of the transformer, the one in checkpoints/molecules is taken: "
        + "weak-32 and so on by --hidden, or strong; any option about pretraining trains one.";

    private readonly Option<string?> _config = new("--config")
    {
        HelpName = "NAME",
        Description = "The settings to start from: a panel such as 2b, or the path of a YAML file. Default: the paper's settings.",
    };

    private readonly RunOptions _run = new(
        $"The run's folder. Default: one under {Root}/, named after shape, seed and a hash of the settings.");

    private readonly StudyOverrides _overrides;
    private readonly string _stage;

    /// <param name="stage">Also the role of the representation that --hidden and --depth shape.</param>
    private StageCommand(string name, string summary, string details, string stage) : base(name, summary, $"{details} {OnTables}")
    {
        (_stage, _overrides) = (stage, new StudyOverrides(stage));
        _config.Suggesting(Panel.Known);
        AddGroup("What is trained", [.. _overrides.Options, _config]);
        AddGroup("On tables of molecules or features", _overrides.Tables);
        AddGroup("The run", _run.Options);
        SetAction(parsed =>
        {
            var (training, study) = (_run.Training(parsed), Study(parsed));
            if (_run.IsDry(parsed)) Run(parsed, run => Stages(run).Foresee(_stage, study, _run.Folder(parsed)), ResultText.Show);
            else Run(parsed, run => Stages(run).Train(_stage, study, _run.Folder(parsed)), ResultText.Show);

            StageRuns Stages(RunServices run) =>
                new(Root, DataFolders.Usual(), Cores(study), training, _run.Force(parsed), CommandOf(parsed), run);
        });
    }

    public static StageCommand Weak()
    {
        var command = new StageCommand(
            "train-weak", "Fits the weak model: heads on the weak representation, on true labels.",
            "Trains the weak representation (or finds a finished one with the same settings), freezes it, fits a head on it for each new "
            + "task, and measures the weak error on fresh samples. train-w2s takes the run's folder, which is the last line of the output.",
            Experiments.Stages.Weak);
        command.AddExample("train-weak --hidden 32", "A weak model of hidden width 32:");
        command.AddExample("train-weak --config 2c --solver exact", "The weak model of Figure 2c, its heads by least squares:");
        command.AddExample("train-weak --data lipop --hidden 32", "A weak transformer of width 32 on lipophilicity, in three splits:");
        return command;
    }

    public static StageCommand Strong()
    {
        var command = new StageCommand(
            "train-strong", "Fits the ceiling: heads on the strong representation, on true labels.",
            "Trains the strong representation (or finds a finished one with the same settings), freezes it, fits a head on it for each new "
            + "task, and measures the ceiling: the error of a student that is told the truth.",
            Experiments.Stages.Strong);
        command.AddExample("train-strong", "The ceiling at the paper's settings:");
        command.AddExample("train-strong --depth 4 --seed 3", "The ceiling of a network of 4 layers, for seed 3:");
        command.AddExample(
            "train-strong --data lipop --strong molbert:released/last.ckpt", "The ceiling of MolBERT's released encoder on lipophilicity:");
        return command;
    }

    /// <summary>The resolved settings.</summary>
    private Study Study(ParseResult parsed)
    {
        var panels = parsed.GetValue(_config) is { } config ? Panel.Find([config]) : [new Panel("the defaults", [])];
        if (panels.Count > 1)
            throw new UserErrorException($"--config {parsed.GetValue(_config)} names {panels.Count} panels; a stage runs on one of them.");
        var panel = panels[0].Layers;
        return StudyConfiguration.Stage(_stage, Root, _overrides.Preset(parsed), [.. panel, .. _overrides.Layers(parsed, panel)]);
    }

    /// <summary>Cores that a study may use: what its settings say, where 0 is one for each.</summary>
    public static int Cores(Study study) => study.Threads == 0 ? Environment.ProcessorCount : study.Threads;
}
