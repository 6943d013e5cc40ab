namespace W2S.Cli;

/// <summary>
/// The options that change a study's settings, the same for every command that runs one. An option may mean one setting on
/// Gaussian tasks and another on tables (--hidden: a network's width, or a transformer's); --data decides.
/// </summary>
internal sealed class StudyOverrides
{
    private readonly Option<string> _preset = new("--preset")
    {
        HelpName = "NAME",
        Description = "paper (fresh inputs for the weak labels) or notebook (as the authors' code does it). Default: paper.",
        DefaultValueFactory = _ => Panel.DefaultPreset,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Any setting by its path, as in --set heads.optimiser.batch=64; may be repeated.",
    };

    private readonly SettingOption _data = new(
        "--data", "NAMES", $"{string.Join(", ", Datasets.Names)}, or a file of labels (.csv, .jsonl, .npy, .npz:KEY, .safetensors:NAME); "
        + $"several on tables, as esol,lipop. Default: {GaussianTasks.DataName}.", "data");

    private readonly SettingOption[] _shared;
    private readonly SettingOption[] _gaussian;
    private readonly SettingOption[] _tables;
    private readonly EncoderOptions? _encoder;

    /// <param name="role">The representation that --hidden and --depth shape ("weak" or "strong"); null for a command without them.</param>
    public StudyOverrides(string? role = null)
    {
        _preset.Suggesting(Panel.PresetNames);
        _set.Suggesting(Suggestions.Assignments);
        _shared =
        [
            new(
                "--seed", "N", "Seed of every random stream. Default: 0.", ["seed"],
                ["seed", .. role == null ? [] : new[] { $"{role}.encoder.seed" }]),
            .. role == null ? [] : new[] { new SettingOption(
                "--hidden", "N", "Width between the blocks of the network; on tables, of the transformer. Default: 16; on tables 32, "
                    + "strong 64.", [$"{role}.hidden"], [$"{role}.encoder.hidden"]) },
            new(
                "--epochs", "N", "Epochs of pretraining. Default: 1000; on tables 2.", ["pretraining.optimiser.epochs"],
                role == null ? [] : [$"{role}.encoder.pretraining.epochs"]),
            new("--head-epochs", "N", "Epochs of fitting heads by adamw. Default: 1000; on tables 50.", "heads.optimiser.epochs"),
            new(
                "--solver", "NAME", "How heads are fitted: adamw (gradient descent), exact (least squares), ridge, or newton (for "
                    + "cross-entropy). Default: adamw; on tables ridge, newton for cross-entropy, adamw for others.", "heads.solver"),
            new(
                "--objective", "NAME", "What heads are fitted to and measured by: squared, or for classes cross-entropy, reverse-kl, brier "
                    + "and others. Default: squared.", "objective.name"),
            new(
                "--engine", "NAME", "auto, fused (the CPU kernels) or torch (TorchSharp). Default: auto, the fastest that can do it.",
                "engine"),
            new("--device", "NAME", "cpu, cuda or cuda:N. Default: cpu.", "device"),
            new("--threads", "N", "Threads to use; 0 is one for each core. Default: 0.", "threads"),
        ];
        _gaussian =
        [
            .. role == null ? [] : new[] { new SettingOption("--depth", "N", "Blocks of Linear + ReLU.", $"{role}.depth") },
            new("--tasks", "M", "New tasks, each with a head of its own. Default: 100.", "heads.tasks"),
            new(
                "--samples", "N", "Samples of each task in each stage, and for evaluation. Default: 2000.", "heads.samples",
                "evaluation.samples"),
        ];
        _tables =
        [
            new("--smiles-column", "NAME", "The column of SMILES of a file, which makes it a table of molecules.", "table.smiles_column"),
            new(
                "--text-column", "NAME", "The column of texts of a CSV or JSONL file, which makes it a table of texts.",
                "table.text_column"),
            new("--pair-column", "NAME", "Its column of a second text, where rows are pairs of texts.", "table.pair_column"),
            new(
                "--chosen-column", "NAME", "The column of the preferred texts of a CSV file, which makes it a table of preferences; they "
                    + "need no labels.", "table.chosen_column"),
            new("--rejected-column", "NAME", "Its column of the texts that were not preferred.", "table.rejected_column"),
            new(
                "--label-column", "NAME", "The column of labels of a file, or of essays. Default: label; of essays Overall.",
                "table.columns"),
            new("--splits", "LIST", "Splits by seed, as 122,123; ChemBench's are 122, 123 and 124. Default: all.", "splits"),
            new(
                "--random-splits", "LIST", "Random splits instead of a table's own, 80 % train, 10 % valid and the rest test, by any "
                    + "seeds, as 0,1,2.", "random_splits"),
            new("--folds", "K", "Cross-validation: each of K folds is tested once, the next one is valid, all others train.", "folds"),
            new(
                "--w2s-on", "NAME", "The examples with weak labels: train, valid, or half (the weak model is fitted on the other half of "
                    + "train). Default: train.", "protocol"),
            .. role is null or "weak" ? new[] { new SettingOption("--weak", "FOLDERS", From, "weak.from") } : [],
            .. role is null or "strong" ? new[] { new SettingOption("--strong", "FOLDER", From, "strong.from") } : [],
            new(
                "--pooling", "NAME", "What stands for an example: pooled ([CLS] through tanh), mean (of its tokens), cls or max. Default: "
                    + "pooled.", "features.pooling"),
            new("--long", "NAME", Long, "features.long"),
            new(
                "--train-mode-passes", "N", "Fit heads on so many passes with 15 % of the tokens masked and dropout on, as MolBERT's own "
                    + "program does (50). Default: 0, clean features.", "features.train_mode_passes"),
        ];
        _encoder = role == null ? null : new EncoderOptions($"{role}.encoder.");
    }

    private readonly Option<bool> _strict = Strict();

    internal const string Long = "A text longer than its encoder reads: truncate (it loses its end) or split (read in parts, their vectors "
        + "averaged). Default: truncate.";

    private const string From = "Saved: a Hugging Face folder, molbert:PATH, onnx:PATH, features:FILE, bag:WIDTH (hashed words of texts), "
        + "or a run that used one; PATH@3:mean is its third layer, averaged. Default: what the panel names; in a stage the transformer in "
        + "checkpoints/molecules, or one that is pretrained if anything is said about pretraining.";

    /// <summary>Those that count on all data, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [_data, .. _shared, .. _gaussian, _preset, _set];

    /// <summary>Those that only tables know.</summary>
    public IEnumerable<Option> Tables => [.. _tables, _strict, .. _encoder?.Options ?? []];

    public string Preset(ParseResult parsed) => parsed.GetValue(_preset)!;

    /// <summary>What the user said, as layers; --set comes last and wins.</summary>
    /// <param name="below">What lies below, which may say what the data are.</param>
    /// <exception cref="UserErrorException">A --set has no =, or an option of the other kind of data is given; all are named.</exception>
    public IReadOnlyList<ConfigurationLayer> Layers(ParseResult parsed, IReadOnlyList<ConfigurationLayer> below)
    {
        IReadOnlyList<ConfigurationLayer> assignments = [.. (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment)];
        IReadOnlyList<ConfigurationLayer> data = [.. _data.Layers(parsed)];
        var isGaussian = StudyConfiguration.IsGaussian([.. below, .. data, .. assignments]);
        Refuse(parsed, isGaussian ? Tables : [.. _gaussian, _preset], isGaussian);
        return
        [
            .. data, .. _shared.SelectMany(
                option => option.Layers(parsed, isGaussian)), .. _gaussian.SelectMany(option => option.Layers(parsed)),
            .. _tables.SelectMany(option => option.Layers(parsed)), .. Layers(parsed, _strict), .. _encoder?.Layers(parsed) ?? [],
            .. assignments,
        ];
    }

    private static void Refuse(ParseResult parsed, IEnumerable<Option> others, bool isGaussian)
    {
        var given = others.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
        if (given.Count == 0) return;
        var (are, them) = given.Count == 1 ? ("this option is", "it") : ("these options are", "them");
        throw new UserErrorException(isGaussian
            ? $"{string.Join(", ", given)}: {are} for tables only. Say which with --data NAME "
                + $"({string.Join(", ", Datasets.Names.Skip(1))}), or leave {them} out."
            : $"{string.Join(", ", given)}: {are} for Gaussian tasks only and mean nothing for tables. Leave {them} out.");
    }

    /// <summary>The option about molecules of one's own that is no value but a wish.</summary>
    internal static Option<bool> Strict() =>
        new("--strict") { Description = "Refuse molecules that an encoder cannot read, rather than leave them out and list them." };

    internal static IEnumerable<ConfigurationLayer> Layers(ParseResult parsed, Option<bool> strict) =>
        parsed.GetValue(strict) ? [ConfigurationLayer.FromOption(strict.Name, "table.strict", "true")] : [];
}
