using System.CommandLine;
using W2S.Data;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>The options with which `train-weak` and `train-strong` work on molecules, and the settings that they make.</summary>
internal sealed class MoleculeOptions
{
    /// <summary>For help: what the options that count in both worlds mean here.</summary>
    public const string Teaching = "With --data it does the same on molecules, for each split: a transformer is pretrained (or found), and a linear head reads its frozen "
        + "features. There --hidden is the transformer's width (default 32; strong: 64), --epochs its pretraining (2), --head-epochs (50) counts for --solver adamw, "
        + "and the default solver is exact; --seed, --device, --threads and --set count as well, the other options above do not.";

    private readonly Option<string?> _splits = new("--splits") { HelpName = "LIST", Description = "ChemBench's splits by seed. Default: 122,123,124." };
    private readonly string _role;
    private readonly SettingOption _data;
    private readonly SettingOption[] _settings;
    private readonly EncoderOptions _encoder;
    private readonly Dictionary<string, string[]> _shared;

    /// <param name="role">"weak" or "strong": whose encoder the options shape.</param>
    public MoleculeOptions(string role)
    {
        _role = role;
        _data = new SettingOption("--data", "NAME", $"Molecules instead of synthetic tasks: {string.Join(", ", MoleculeDataSet.All.Select(set => set.Name))} (generated, needs no file).", "data");
        _settings =
        [
            new("--w2s-on", "NAME", "The molecules with weak labels: train, valid, or half (the weak model is fitted on the other half of train). Default: train.", "w2s_on"),
            new($"--{role}", "FOLDER", "A saved encoder instead of pretraining one: a Hugging Face folder, molbert:PATH, or a run that used one.", $"{role}.from"),
            new("--pooling", "NAME", "What stands for a molecule: pooled ([CLS] through tanh) or mean (of its tokens). Default: pooled.", "heads.pooling"),
            new("--stock-passes", "N", "Fit heads on so many passes with 15 % of the tokens masked and dropout on, as MolBERT's own program does (50). Default: 0, clean features.", "heads.stock_passes"),
        ];
        _encoder = new EncoderOptions($"{role}.pretrained.");
        _shared = new Dictionary<string, string[]>
        {
            ["--hidden"] = [$"{role}.pretrained.hidden"],
            ["--seed"] = ["seed", $"{role}.pretrained.seed"],
            ["--epochs"] = [$"{role}.pretrained.pretraining.epochs"],
            ["--head-epochs"] = ["heads.optimiser.epochs"],
            ["--solver"] = ["heads.solver"],
            ["--device"] = ["device"],
            ["--threads"] = ["threads"],
        };
    }

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [_data, _splits, .. _settings, .. _encoder.Options];

    /// <summary>Whether the command is about molecules.</summary>
    /// <exception cref="UserErrorException">Options of the other world are given; all are named.</exception>
    public bool AreMeant(ParseResult parsed)
    {
        if (parsed.GetValue(_data) is { } data) Worlds.RefuseSynthetic(parsed, $"--data {data}");
        else Worlds.RefuseMolecules(parsed, Options, $"Add --data NAME ({string.Join(", ", MoleculeDataSet.All.Select(set => set.Name))})");
        return parsed.GetValue(_data) != null;
    }

    /// <summary>The resolved settings.</summary>
    /// <param name="overrides">The options that the command has for both worlds.</param>
    /// <exception cref="UserErrorException">Something is wrong; the message lists all of it.</exception>
    public MoleculeStageOptions Settings(ParseResult parsed, StudyOverrides overrides) => MoleculeStageConfiguration.Resolve(_role, StageCommand.Root,
    [
        .. overrides.Layers(parsed, _shared), .. _data.Layers(parsed), .. Splits(parsed), .. _settings.SelectMany(option => option.Layers(parsed)),
        .. _encoder.Layers(parsed), .. overrides.Assignments(parsed),
    ]);

    private IEnumerable<ConfigurationLayer> Splits(ParseResult parsed) => parsed.GetValue(_splits) is { } list
        ? [ConfigurationLayer.FromOption($"--splits {list}", "splits", $"[{list.Trim('[', ']')}]")]
        : [];
}
