namespace W2S.Cli;

/// <summary>`probe`: weak-to-strong on anybody's own features and labels.</summary>
internal sealed partial class ProbeCommand : DocumentedCommand
{
    private const string Arrays = ".npy, .npz:KEY, .safetensors:NAME, .csv or .tsv, gzipped too";

    private readonly Option<string[]> _weak = new("--weak")
    {
        HelpName = "FILE",
        Description = $"Features of the weak model, a row an example: {Arrays}. Several are several teachers.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _strong = new("--strong")
    {
        HelpName = "FILE",
        Description = "Features of the strong model, of the same rows.",
    };

    private readonly Option<string?> _labels = new("--labels")
    {
        HelpName = "FILE",
        Description = "True labels of the same rows: numbers, classes, or a column of probabilities for each class.",
    };

    private readonly Option<ProbeStudy.Task> _task = new("--task")
    {
        HelpName = "NAME",
        Description = "What labels are: regression (numbers) or classes. Default: what they seem to be, which is said.",
    };

    private readonly Option<string?> _weakPredictions = new("--weak-predictions")
    {
        HelpName = "P",
        Description = "Instead of features: what the weak model predicts. Of classes a column of probabilities for each.",
    };

    private readonly Option<string?> _strongPredictions = new("--strong-predictions")
    {
        HelpName = "P",
        Description = "What the strong model predicts.",
    };

    private readonly Option<string?> _studentPredictions = new("--student-predictions")
    {
        HelpName = "P",
        Description = "What a student of the weak model predicts: adds gain and misfit.",
    };

    private readonly Option<int> _bins = new("--bins")
    {
        HelpName = "N",
        Description = "Bins of the calibration error of predictions. Default: 15.",
        DefaultValueFactory = _ => new Calibration.Options().Bins,
    };

    private readonly SettingOption[] _reading =
    [
        new(
            "--column", "NAMES", "The labels' column, by name or by number from 1; several are probabilities of classes. Default: label, "
                + "class, class:NAME, or the only one.",
            "table.columns"),
        new(
            "--id", "NAME", "The column of identifiers that joins the rows of all files; arrays have theirs in X.ids.csv beside X.npy. "
                + "Default: rows are joined by their places.",
            "table.id"),
        new(
            "--text-column", "NAME", "A column of texts beside the labels, which --weak and --strong may read instead of features: an "
                + "encoder's folder, or bag:WIDTH.",
            "table.text_column"),
        new("--separator", "C", "What separates the cells of text files. Default: found out.", "table.separator"),
        new("--decimal", "C", "The mark of decimals in text files. Default: a point.", "table.decimal"),
    ];

    private readonly Option<bool> _header = new("--header")
    {
        Description = "The first line of text files has names of columns, whatever it looks like.",
    };

    private readonly Option<bool> _noHeader = new("--no-header") { Description = "It has none." };

    private readonly SettingOption[] _dividing =
    [
        new(
            "--splits", "FILE", "A file with a column for each split: train, valid and test, or 1 for test and 0 for train. Default: three "
                + "random splits, 80 % train, 10 % valid, 10 % test.",
            "table.splits"),
        new("--only", "LIST", "Some of its splits, by the number at the end of their columns' names, or by place from 0.", "splits"),
        new("--random-splits", "LIST", "Random splits by these seeds, as 0,1,2.", "random_splits"),
        new("--folds", "K", "Cross-validation: each of K folds is tested once, the next one is valid, all others train.", "folds"),
        new("--w2s-on", "NAME", "The examples with weak labels: train, valid or half. Default: train.", "protocol"),
    ];

    private readonly Option<bool> _half = new("--half")
    {
        Description = "The weak model learns on one half of train, and labels the other for the student; as --w2s-on half.",
    };

    private readonly SettingOption[] _fitting =
    [
        new(
            "--objective", "NAME", "What heads are fitted to and measured by: squared, or for classes cross-entropy, brier and others. "
                + "Default: squared, or cross-entropy.",
            "objective.name"),
        new(
            "--solver", "NAME", "ridge, exact (least squares), newton (for cross-entropy) or adamw. Default: ridge; for classes newton "
                + "with a small ridge.",
            "heads.solver"),
        new("--seed", "N", "Seed of folds and of gradient descent. Default: 0.", "seed"),
        new("--threads", "N", "Threads to use; 0 is one for each core. Default: 0.", "threads"),
    ];

    private readonly Option<string?> _seeds = new("--seeds") { HelpName = "LIST", Description = "Several seeds, as 0..9 or 0,3,7." };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Any setting by its path, as in --set classes.smoothing=0.05; may be repeated.",
    };

    private readonly RunOptions _run = new("The run's folder. Default: one under runs/, named after a hash of settings and files.");

    public ProbeCommand() : base("probe", "Weak-to-strong on features and labels of your own.",
        "Takes what two models make of the same examples, fits a head on the weak features (true labels), a student on the strong ones "
            + "(the weak model's labels) and a ceiling (true labels), and says on rows that none of them saw who gained how much, whether "
            + "gain is misfit, and which teacher to take. The run's folder has the report, rows.csv, predictions.csv and the settings as "
            + "YAML, which reproduce and sweep take too.")
    {
        AddGroup("The files", [_weak, _strong, _labels, _task]);
        AddGroup("How they are read", [.. _reading, _header, _noHeader]);
        AddGroup("How rows are divided", [.. _dividing, _half]);
        AddGroup("What is computed", [.. _fitting, _seeds, _set]);
        AddGroup("Predictions only: measured, and nothing is fitted", [_weakPredictions, _strongPredictions, _studentPredictions, _bins]);
        AddGroup("The run", _run.Options);
        AddExample(
            "probe --weak small.npy --strong large.npy --labels labels.csv", "Two models' features, and a CSV file with a column label:");
        AddExample("probe --weak a.npy b.npy --strong c.npy --labels y.csv --id key", "Two teachers, rows joined by identifiers:");
        AddExample("probe --weak x.npz:w --strong x.npz:s --labels x.npz:y --folds 10", "Everything in one file, in ten folds:");
        SetAction(parsed =>
        {
            Option<string?>[] predictions = [_weakPredictions, _strongPredictions, _studentPredictions];
            if (predictions.Any(option => parsed.GetValue(option) != null)) ProbePredictions(parsed);
            else Probe(parsed);
        });
    }

    private void Probe(ParseResult parsed)
    {
        var (weak, strong, labels) = (Needed(parsed, _weak) ?? [], Needed(parsed, _strong), Needed(parsed, _labels));
        var seeds = parsed.GetValue(_seeds) is { } list ? SeedList.Parse(list) : [];
        var training = _run.Training(parsed);
        var said = Said(parsed);
        var folders = DataFolders.Usual();
        if (_run.IsDry(parsed)) Run(parsed, run =>
        {
            var (runs, studies) = Checked(run);
            return runs.Foresee(studies, _run.Folder(parsed), run);
        }, ResultText.Show);
        else Run(parsed, run =>
        {
            var (runs, studies) = Checked(run);
            return runs.Run(studies, _run.Folder(parsed), _run.Force(parsed), run);
        }, ResultText.Show);

        (Studies, IReadOnlyList<Study>) Checked(RunServices run)
        {
            var panel = ProbeStudy.PanelOf(weak, strong!, labels!, parsed.GetValue(_task), said, run.Log);
            var studies = StudyConfiguration.Resolve([panel], Panel.DefaultPreset, [], seeds);
            ProbeStudy.Check(studies[0], folders, run);
            return (new Studies(folders, StageCommand.Cores(studies[0]), training, CommandOf(parsed)), studies);
        }
    }

    private IReadOnlyList<ConfigurationLayer> Said(ParseResult parsed)
    {
        if (parsed.GetValue(_header) && parsed.GetValue(_noHeader))
            throw new UserErrorException("--header and --no-header contradict each other; give one of them.");
        return
        [
            .. _reading.Concat(_dividing).Concat(_fitting).SelectMany(option => option.Layers(parsed, isGaussian: false)),
            .. Flag(_header, "table.header", "yes"), .. Flag(_noHeader, "table.header", "no"), .. Flag(_half, "protocol", "half"),
            .. (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment),
        ];

        IEnumerable<ConfigurationLayer> Flag(Option<bool> option, string path, string value) =>
            parsed.GetValue(option) ? [ConfigurationLayer.FromOption(option.Name, path, value)] : [];
    }

    private static T Needed<T>(ParseResult parsed, Option<T> option) => parsed.GetValue(option) is { } value and not string[] { Length: 0 }
        ? value
        : throw new UserErrorException(
            $"probe needs {option.Name} {option.HelpName}: {option.Description} See {Program} probe --help.");
}
