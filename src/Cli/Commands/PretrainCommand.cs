namespace W2S.Cli;

/// <summary>`pretrain`: a representation alone.</summary>
internal sealed class PretrainCommand : DocumentedCommand
{
    private readonly SettingOption[] _either =
    [
        new(
            "--hidden", "N", "Width between the blocks of the network, 16; with --corpus of the transformer, 32.", ["strong.hidden"],
            ["hidden"]),
        new("--seed", "N", "Seed of every random stream. Default: 0.", ["seed"], ["seed"]),
        new("--epochs", "N", "Epochs. Default: 1000; with --corpus 2.", ["pretraining.optimiser.epochs"], ["pretraining.epochs"]),
        new(
            "--engine", "NAME", "auto, fused (the CPU kernels) or torch (TorchSharp). Default: auto, the fastest that can do it.",
            "engine"),
        new("--device", "NAME", "cpu, cuda or cuda:N. Default: cpu.", "device"),
    ];

    private readonly SettingOption[] _network =
    [
        new("--depth", "N", "Blocks of Linear + ReLU. Default: 8.", "strong.depth"),
        new("--threads", "N", "Threads to use; 0 is one for each core. Default: 0.", "threads"),
    ];

    private readonly Option<string?> _config = new("--config")
    {
        HelpName = "NAME",
        Description = "The settings to start from: a panel such as 2b, or the path of a YAML file. Default: the paper's settings.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Any setting by its path, as in --set pretraining.samples=500; with --corpus also --set pretraining.parts=2, to use "
            + "two cores. May be repeated.",
    };

    private readonly Option<string?> _save = new("--save")
    {
        HelpName = "FOLDER",
        Description = "Also export the transformer as a Hugging Face folder (config.json, model.safetensors, vocab.txt), which --strong "
            + "and --weak take.",
    };

    private readonly EncoderOptions _encoder = new("");
    private readonly TextOptions _text = new();
    private readonly RunOptions _run = new(
        $"The folder in which it gets its own, named after shape, seed and a hash of the settings. Default: {StageCommand.Root}.");

    public PretrainCommand() : base("pretrain", "Trains a network on tasks with known heads, or a transformer on molecules or texts, or "
        + "finds it.",
        "The network is a ReLU MLP trained by AdamW so that frozen, known heads on it predict the pretraining tasks. A finished one with "
        + "the same settings is found and not trained again; an interrupted one is continued. With --corpus it is a transformer that "
        + "learns to fill in hidden tokens of SMILES, and the physico-chemical descriptors where the corpus has them; with --data one that "
        + "learns to fill in hidden pieces of words, of texts that no split evaluates.")
    {
        _config.Suggesting(Panel.Known);
        _set.Suggesting(Suggestions.Assignments);
        AddGroup("What is trained", [.. _either, .. _network, _config, _set]);
        AddGroup("A transformer on molecules", [.. _encoder.Options, _save]);
        AddGroup("A transformer on texts", _text.Options);
        AddGroup("The run", _run.WithoutForce);
        AddExample("pretrain", "The paper's strong representation, 8 layers of width 16:");
        AddExample("pretrain --depth 2 --hidden 32 --epochs 100", "A shallow, wider one, trained briefly:");
        AddExample(
            "pretrain --corpus synthetic-smiles --hidden 32 --layers 2",
            "A small transformer on generated molecules, which needs no file:");
        AddExample("pretrain --data essays --hidden 32 --max-length 128 --epochs 10", "One on essays, those that no split evaluates:");
        SetAction(parsed =>
        {
            var training = _run.Training(parsed);
            if (_encoder.HasCorpus(parsed) && _text.HasData(parsed))
                throw new UserErrorException("--data and --corpus both say what it is pretrained on: give the one or the other.");
            if (_encoder.HasCorpus(parsed) || _text.HasData(parsed)) PretrainEncoder(parsed, training);
            else PretrainNetwork(parsed, training);
        });
    }

    private void PretrainNetwork(ParseResult parsed, TrainingOptions training)
    {
        Refuse(
            parsed, [.. _encoder.Options, .. _text.Options, _save],
            "for transformers only. Add --corpus NAME or --data NAME, or leave it out");
        IReadOnlyList<ConfigurationLayer> panel = parsed.GetValue(_config) is { } config ? Panel.Find([config]).Single().Layers : [];
        var study = StudyConfiguration.Stage("strong", StageCommand.Root, Panel.DefaultPreset,
            [
                .. panel, .. _either.Concat(_network).SelectMany(option => option.Layers(parsed)), .. Assignments(parsed),
            ]);
        if (_run.IsDry(parsed))
            Run(parsed, run => Stages(parsed, training, StageCommand.Cores(study), run).Foresee(study), ResultText.Show);
        else Run(parsed, run => Stages(parsed, training, StageCommand.Cores(study), run).Pretrain(study), ResultText.Show);
    }

    private void PretrainEncoder(ParseResult parsed, TrainingOptions training)
    {
        Refuse(parsed, [.. _network, _config], "for networks on Gaussian tasks only. Leave it out, or leave --corpus and --data out");
        var place = ConfigurationBinder.Bind<EncoderPlace>([.. Layers(path => path is "engine" or "device")]);
        var settings = ConfigurationBinder.Bind<EncoderSettings>(
            [
                .. Layers(path => path is not ("engine" or "device")), .. _text.Layers(parsed), .. _encoder.Layers(parsed),
                .. Assignments(parsed),
            ], settings => StudyRules.EncoderRules("", settings));
        var save = parsed.GetValue(_save);
        if (_run.IsDry(parsed))
            Run(parsed, run => Stages(parsed, training, Environment.ProcessorCount, run).Foresee(settings), ResultText.Show);
        else Run(
            parsed, run => Stages(parsed, training, Environment.ProcessorCount, run).Pretrain(settings, place.Engine, place.Device, save),
            encoder => ResultText.Show(encoder, save));

        IEnumerable<ConfigurationLayer> Layers(Func<string, bool> meant) =>
            _either.Where(option => meant(option.Name[2..])).SelectMany(option => option.Layers(parsed, isGaussian: false));
    }

    private StageRuns Stages(ParseResult parsed, TrainingOptions training, int threads, RunServices run) =>
        new(_run.Folder(parsed) ?? StageCommand.Root, DataFolders.Usual(), threads, training, force: false, CommandOf(parsed), run);

    private IEnumerable<ConfigurationLayer> Assignments(ParseResult parsed) =>
        (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment);

    private static void Refuse(ParseResult parsed, IEnumerable<Option> options, string why)
    {
        var given = options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
        if (given.Count > 0) throw new UserErrorException($"{string.Join(", ", given)}: {why}.");
    }

    /// <summary>What trains, and where: no part of an encoder's settings.</summary>
    private sealed record EncoderPlace
    {
        public IEngine.Choice Engine { get; init; }
        public string Device { get; init; } = "cpu";
    }

    /// <summary>The options that say which texts an encoder is pretrained on, and how they are cut.</summary>
    private sealed class TextOptions
    {
        private const string Length = "--max-length";

        private readonly Option<string[]> _data = new("--data")
        {
            HelpName = "NAME",
            Description = "What it is pretrained on: essays, french-reviews, or a file with --text-column. Texts in the valid or test part "
                + "of a split are left out; --corpus FILE takes all. May be repeated.",
        };

        private readonly SettingOption[] _settings =
        [
            new(
                "--text-column", "NAME",
                "The column of texts of a table, CSV or JSONL; two as A,B. Without it a file has a text on each line.", "text.columns"),
            new(
                "--vocabulary-size", "N", "Tokens of the WordPiece vocabulary that is learned from the texts. Default: 4000.",
                "text.vocabulary_size"),
            new("--vocabulary", "PATH", "A vocabulary instead: a vocab.txt, or a Hugging Face folder with one.", "text.vocabulary"),
            new(Length, "N", "Tokens of the longest sequence; longer texts are cut into parts. Default: 300.", "maximum_length"),
        ];

        private readonly Option<bool> _cased = new("--cased") { Description = "Keep capitals. Default: lower case." };

        private readonly Option<bool> _keepAccents = new("--keep-accents")
        {
            Description = "Keep accents in lower case too, where BERT drops them.",
        };

        /// <summary>All of them, in the order in which help shows them.</summary>
        public IEnumerable<Option> Options => [_data, .. _settings, _cased, _keepAccents];

        /// <summary>Whether the user named a table of texts.</summary>
        public bool HasData(ParseResult parsed) => parsed.GetValue(_data) is { Length: > 0 };

        public IEnumerable<ConfigurationLayer> Layers(ParseResult parsed)
        {
            if (parsed.GetValue(_data) is { Length: > 0 } names)
            {
                var data = string.Join(' ', names.Select(name => $"--data {name}"));
                yield return ConfigurationLayer.FromOption(data, "corpora", ConfigurationWriter.Text(names));
                yield return ConfigurationLayer.FromOption(data, "text.training_part", "true");
            }
            // Molecules have a greatest length too; all else says that it is texts.
            if (Options.FirstOrDefault(option => option.Name != Length && parsed.GetResult(option) is { Implicit: false }) is { } said)
                yield return ConfigurationLayer.FromOption(said.Name, "tokenizer", "wordpiece");
            foreach (var layer in _settings.SelectMany(option => option.Layers(parsed))) yield return layer;
            if (parsed.GetValue(_cased)) yield return ConfigurationLayer.FromOption(_cased.Name, "text.lower_case", "false");
            if (parsed.GetValue(_keepAccents)) yield return ConfigurationLayer.FromOption(_keepAccents.Name, "text.keep_accents", "true");
        }
    }
}
