namespace W2S.Cli;

/// <summary>The options that say which texts an encoder is pretrained on, and how they are cut.</summary>
internal sealed class TextEncoderOptions
{
    private const string Length = "--max-length";

    private readonly Option<string[]> _data = new("--data")
    {
        HelpName = "NAME",
        Description = "What it is pretrained on: essays, french-reviews, or a file with --text-column. Texts in the valid or test part of a "
            + "split are left out; --corpus FILE takes all. May be repeated.",
    };

    private readonly SettingOption[] _settings =
    [
        new("--text-column", "NAME", "The column of texts of a table, CSV or JSONL; two as A,B. Without it a file has a text on each line.", "text.columns"),
        new("--vocabulary-size", "N", "Tokens of the WordPiece vocabulary that is learned from the texts. Default: 4000.", "text.vocabulary_size"),
        new("--vocabulary", "PATH", "A vocabulary instead: a vocab.txt, or a Hugging Face folder with one.", "text.vocabulary"),
        new(Length, "N", "Tokens of the longest sequence; longer texts are cut into parts. Default: 300.", "maximum_length"),
    ];

    private readonly Option<bool> _cased = new("--cased") { Description = "Keep capitals. Default: lower case." };

    private readonly Option<bool> _keepAccents = new("--keep-accents") { Description = "Keep accents in lower case too, where BERT drops them." };

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
