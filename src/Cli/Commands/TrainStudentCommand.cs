namespace W2S.Cli;

/// <summary>`train-w2s`: stage 2, the student.</summary>
internal sealed class TrainStudentCommand : DocumentedCommand
{
    private readonly Argument<string> _weak = new("weak")
    {
        HelpName = "RUN", Description = "The folder of a run of train-weak: the model that labels.",
    };

    private readonly SettingOption[] _student =
    [
        new(
            "--strong", "FOLDER", "The student's representation: that of a run of train-strong or pretrain, or of a checkpoint of one; on "
                + "tables also a Hugging Face folder, molbert:PATH or features:FILE. Without it, the options below say what it is."
                , "strong.from"),
        new(
            "--hidden", "N", "Width between the blocks of the student's network, 16; on tables of its transformer, 64.", ["strong.hidden"],
            ["strong.encoder.hidden"]),
        new("--depth", "N", "Its blocks of Linear + ReLU. Default: 8.", "strong.depth"),
    ];

    private readonly SettingOption[] _tables =
    [
        new(
            "--w2s-on", "NAME", "The examples with weak labels: train, valid, or half (for a weak run of train-weak --w2s-on half). "
                + "Default: the weak run's.", "protocol"),
        new("--device", "NAME", "cpu, cuda or cuda:N. Default: the weak run's.", "device"),
        new("--epochs", "N", "Epochs of pretraining the student's transformer. Default: 2.", "strong.encoder.pretraining.epochs"),
    ];

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE", Description = "Any setting below strong, as in --set strong.source=truth; may be repeated.",
    };
    private readonly Option<int> _threads = new("--threads")
    {
        HelpName = "N", Description = "Threads to use. Default: one for each core.", DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    private readonly EncoderOptions _encoder = new("strong.encoder.");
    private readonly RunOptions _run = new(
        "The run's folder. Default: one under checkpoints/, named after shapes, seed and a hash of the settings.");

    public TrainStudentCommand() : base("train-w2s", "Fits the student: heads on the strong representation, on the weak model's labels.",
        "Labels examples with the weak model, trains the strong representation (or finds it), freezes it and fits a head for each task or "
        + "split on these labels. Seed, data and samples are those of the weak run. Reports the student's error, its misfit to the weak "
        + "model, and the gain.")
    {
        Add(_weak.Suggesting(Suggestions.Runs));
        _set.Suggesting(Suggestions.Assignments);
        AddGroup("The student", [.. _student, _set]);
        AddGroup("On tables of molecules or features", [.. _tables, .. _encoder.Options]);
        AddGroup("The run", [_threads, .. _run.Options]);
        AddExample("train-w2s checkpoints/weak-2x16-seed0-0123abcd", "The paper's student of 8 layers, taught by that run:");
        AddExample("train-w2s checkpoints/weak-2x16-seed0-0123abcd --depth 4", "A student of another shape:");
        AddExample(
            "train-w2s runs/lipop-weak --strong molbert:released/last.ckpt", "MolBERT, taught lipophilicity by a small transformer:");
        SetAction(Train);
    }

    private void Train(ParseResult parsed)
    {
        var weakRun = parsed.GetValue(_weak)!;
        var training = _run.Training(parsed);
        var isGaussian = ResultFile.Read(weakRun, Stages.Weak).Panel.Options.IsGaussian;
        var strangers = isGaussian ? [.. _tables, .. _encoder.Options] : _student.Where(option => option.Name == "--depth").Cast<Option>();
        var given = strangers.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
        if (given.Count > 0)
            throw new UserErrorException(
                $"{string.Join(", ", given)}: {weakRun} is a run on "
                + $"{(isGaussian ? "Gaussian tasks, and this is for tables only" : "a table, and this is for Gaussian tasks only")}. "
                + "Leave it out.");
        var study = StudyConfiguration.Student(weakRun, StageCommand.Root,
        [
            .. _student.SelectMany(option => option.Layers(parsed, isGaussian)), .. _encoder.Layers(parsed),
            .. (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment),
            .. _tables.SelectMany(option => option.Layers(parsed)),
        ]);
        if (_run.IsDry(parsed)) Run(parsed, run => Runs(run).Foresee(Stages.Student, study, _run.Folder(parsed)), ResultText.Show);
        else Run(parsed, run => Runs(run).TrainStudent(weakRun, study, _run.Folder(parsed)), ResultText.Show);

        StageRuns Runs(RunServices run) =>
            new(StageCommand.Root, DataFolders.Usual(), parsed.GetValue(_threads), training, _run.Force(parsed), CommandOf(parsed), run);
    }
}
