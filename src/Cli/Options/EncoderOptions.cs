namespace W2S.Cli;

/// <summary>The options that say which encoder is pretrained.</summary>
internal sealed class EncoderOptions
{
    private readonly string _prefix;
    private readonly SettingOption[] _settings;

    private readonly Option<string[]> _corpora = new("--corpus")
    {
        HelpName = "NAME",
        Description = "What it is pretrained on: a data set or prepared corpus by name, a folder of data prepare, a CSV file, or "
            + "synthetic-smiles; may be repeated. Default: guacamol-v1-valid.",
    };

    private readonly Option<bool> _withoutDescriptors = new("--no-descriptors")
    {
        Description = "Do not predict physico-chemical descriptors, though the corpus has them.",
    };

    /// <param name="prefix">Before the settings' paths: "weak.pretrained.", or empty.</param>
    /// <param name="own">Options that the command does not have for something else.</param>
    public EncoderOptions(string prefix, params SettingOption[] own)
    {
        _prefix = prefix;
        _settings =
        [
            .. own,
            new("--layers", "N", "Transformer layers. Default: 2.", prefix + "layers"),
            new("--heads", "N", "Attention heads in each layer. Default: 2.", prefix + "heads"),
            new(
                "--tokenizer", "NAME", "smiles (SMILES as written), molbert (MolBERT's 42 tokens), or wordpiece for texts. Default: smiles."
                    , prefix + "tokenizer"),
            new("--batch", "N", "Molecules, or parts of texts, of a batch of pretraining. Default: 16.", prefix + "pretraining.batch"),
            new("--rate", "X", "Highest learning rate of pretraining. Default: 0.001.", prefix + "pretraining.learning_rate"),
        ];
    }

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [_corpora, .. _settings, _withoutDescriptors];

    /// <summary>Whether the user named a corpus.</summary>
    public bool HasCorpus(ParseResult parsed) => parsed.GetValue(_corpora) is { Length: > 0 };

    public IEnumerable<ConfigurationLayer> Layers(ParseResult parsed)
    {
        if (parsed.GetValue(_corpora) is { Length: > 0 } corpora)
            yield return ConfigurationLayer.FromOption(
                string.Join(' ', corpora.Select(corpus => $"--corpus {corpus}")), _prefix + "corpora", ConfigurationWriter.Text(corpora));
        foreach (var layer in _settings.SelectMany(option => option.Layers(parsed))) yield return layer;
        if (parsed.GetValue(_withoutDescriptors))
            yield return ConfigurationLayer.FromOption(_withoutDescriptors.Name, _prefix + "descriptors", "false");
    }
}
