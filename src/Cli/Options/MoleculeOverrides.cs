using System.CommandLine;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>The options that change a molecular study's settings.</summary>
internal sealed class MoleculeOverrides
{
    private readonly Option<string?> _data = new("--data")
    {
        HelpName = "NAMES",
        Description = "Data sets instead of the panel's own, as esol,lipop; synthetic-smiles needs no file.",
    };

    private readonly List<SettingOption> _settings =
    [
        new("--strong", "FOLDER", "The strong encoder: a Hugging Face folder, or molbert:PATH for a checkpoint of MolBERT. Default: checkpoints/molecules/strong.", "strong"),
        new("--w2s-on", "PART", "Which molecules the weak model labels: train (those it was fitted on), valid, or half (the half of train that it was not fitted on). Default: train.", "w2s_on"),
        new("--pooling", "NAME", "What stands for a molecule: pooled ([CLS] through tanh) or mean (of its tokens). Default: pooled.", "heads.pooling"),
        new("--stock-passes", "N", "Fit heads on so many passes with 15 % of the tokens masked and dropout on, as MolBERT's own program does (50). Default: 0, clean features.", "heads.stock_passes"),
    ];

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [_data, .. _settings];

    /// <summary>What the user said, as layers.</summary>
    public IReadOnlyList<ConfigurationLayer> Layers(ParseResult parsed)
    {
        var layers = _settings.SelectMany(option => option.Layers(parsed)).ToList();
        if (parsed.GetValue(_data) is { } names) layers.Add(ConfigurationLayer.FromOption($"--data {names}", "data", $"[{names}]"));
        return layers;
    }
}
