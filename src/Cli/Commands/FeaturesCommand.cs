namespace W2S.Cli;

/// <summary>`features`: what a frozen representation says of a table's rows, in a file.</summary>
internal sealed class FeaturesCommand : DocumentedCommand
{
    private static readonly SettingOption Data = new(
        "--data", "NAME",
        $"{string.Join(", ", Datasets.Names.Skip(1))}, or a CSV or JSONL file of molecules (with --smiles-column) or of texts (with "
            + "--text-column).", "data");

    private static readonly SettingOption Encoder = new(
        "--encoder", "FOLDER",
        "A Hugging Face folder, molbert:PATH, onnx:PATH, bag:WIDTH, a run that used one, or features:FILE to write stored features in "
            + "another format.",
        "strong.from");

    private readonly SettingOption[] _settings =
    [
        Data,
        Encoder,
        new(
            "--pooling", "NAME",
            "What stands for an example: pooled ([CLS] through tanh), mean (of its tokens), cls or max. Default: pooled.",
            "features.pooling"),
        new("--long", "NAME", StudyOverrides.Long, "features.long"),
        new("--smiles-column", "NAME", "The column of SMILES of a file.", "table.smiles_column"),
        new("--text-column", "NAME", "Its column of texts.", "table.text_column"),
        new("--id", "NAME", "Its column of identifiers. Default: rows are called by their places, from 0.", "table.id"),
    ];

    private readonly SettingOption[] _place =
    [
        new("--device", "NAME", "cpu, cuda or cuda:N. Default: cpu.", "device"),
        new("--threads", "N", "Threads to use; 0 is one for each core. Default: 0.", "threads"),
    ];

    private readonly Option<bool> _strict = StudyOverrides.Strict();
    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Any setting by its path, as in --set table.separator=|; may be repeated.",
    };

    private readonly Option<string> _out = new("--out")
    {
        HelpName = "FILE",
        Description = $"The file of features: it ends in {string.Join(", ", FeatureExport.Endings)}.",
        Required = true,
    };

    private readonly Option<bool> _force = new("--force") { Description = "Replace another file of that name." };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only say which rows would be written by what, and where; write nothing.",
    };

    public FeaturesCommand() : base("features", "Writes what a frozen representation says of molecules or texts.",
        "One row of float32 numbers for each molecule or text, in the order of the table. X.ids.csv beside X.npy names the rows by "
        + "identifier and SMILES; X.npy.json has the SHA-256 of the representation, of the data and of the rows, so that files of the same "
        + "rows can be told. Molecules that the encoder cannot read are left out and listed in X.rejected.csv.")
    {
        _set.Suggesting(Suggestions.Assignments);
        AddGroup("What is written", [.. _settings, _strict, _set]);
        AddGroup("Where", [_out, _force, .. _place, _dryRun]);
        AddExample("features --data lipop --encoder my-encoder --out lipop.npy", "What a transformer says of lipophilicity's molecules:");
        AddExample("features --data my.csv --smiles-column S --encoder E --out my.csv", "The same of molecules of one's own, as text:");
        SetAction(parsed => Run(parsed, run => Write(parsed, run), Show));
    }

    private (FeatureCard? Card, string Path) Write(ParseResult parsed, RunServices run)
    {
        var path = parsed.GetValue(_out)!;
        FeatureExport.RequireEnding(path);
        var said = _settings.Concat(_place).SelectMany(option => option.Layers(parsed, isGaussian: false))
            .Concat(StudyOverrides.Layers(parsed, _strict))
            .Concat((parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment)).ToList();
        foreach (var needed in new[] { Data, Encoder })
            if (parsed.GetValue(needed) == null)
                throw new UserErrorException($"{needed.Name} {needed.HelpName} is needed: {needed.Description}");
        var study = StudyConfiguration.Stage("strong", StageCommand.Root, Panel.DefaultPreset, said);
        if (study.IsGaussian)
            throw new UserErrorException(
                "Gaussian tasks draw their inputs and have no rows: features are written of molecules and tables.");
        if (study.Data.Count > 1)
            throw new UserErrorException($"Features are written of one data set at a time, and --data names {study.Data.Count}.");

        var folders = DataFolders.Usual();
        var table = new Datasets(folders, run) { Roles = ["strong"], AreUnlabelled = true }.Table(study.Data[0], study);
        if (parsed.GetValue(_dryRun))
        {
            run.Log.Information(
                "A dry run: {Rows} of {Data} would be read by {Encoder}; {File} {State}", Counted.Of(table.Labels.Count, "row"),
                table.Title, study.Strong.From[0], path,
                File.Exists(path) ? "is there and would be kept unless its rows are the same, or with --force replaced" : "would be new");
            return (null, path);
        }
        var (threads, command) = (StageCommand.Cores(study), CommandOf(parsed));
        // What is computed when the command is stopped is there for the next one.
        var partial = path + ".partial";
        var cache = new FeatureCache(partial);
        var representation = new Representations(StageCommand.Root, folders, cache, threads, new TrainingOptions(), run)
            .Obtain(study, "strong", Engines.Choose(study, threads));
        string?[] reading = [(representation as EncoderRepresentation)?.Pooling.ToString().ToLowerInvariant(),
            study.Features.Long == FeatureOptions.LongTexts.Split ? "long texts split" : null];
        var pooling = string.Join(", ", reading.OfType<string>()) is { Length: > 0 } read ? read : null;
        using var lease = RunLease.Acquire(partial, run.Time);
        var card = new FeatureExport(path, parsed.GetValue(_force), command, run).Write(table, representation, pooling);
        lease.DisposeWithFolder();
        return (card, path);
    }

    private static void Show((FeatureCard? Card, string Path) written)
    {
        if (written is not ({ } card, var path)) return;
        Console.WriteLine($"features   {ProgressText.Count(card.Rows)} × {card.Width} of {card.Data}, by {card.Representation}");
        Console.WriteLine($"rows       {ArrayFile.IdentifierFileOf(path)}");
        Console.WriteLine($"card       {FeatureCard.FileOf(path)}");
        Console.WriteLine(path);
    }
}
