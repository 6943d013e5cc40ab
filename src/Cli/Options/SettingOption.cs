using System.CommandLine.Completions;

namespace W2S.Cli;

/// <summary>
/// An option that is a short name for settings of the study. The binder judges its value, so that all problems come together.
/// </summary>
internal sealed class SettingOption : Option<string?>
{
    private readonly string[] _gaussian, _tables;

    /// <param name="paths">The settings that it sets: "heads.samples".</param>
    public SettingOption(
        string name, string valueName, string description, params string[] paths) : this(name, valueName, description, paths, paths)
    {
    }

    /// <param name="gaussian">The settings that it sets on Gaussian tasks.</param>
    /// <param name="tables">Those that it sets on tables.</param>
    public SettingOption(string name, string valueName, string description, string[] gaussian, string[] tables) : base(name)
    {
        (HelpName, Description, _gaussian, _tables) = (valueName, description, gaussian, tables);
        string[] paths = [.. gaussian.Concat(tables)];
        this.Suggesting(context => paths.Any(path => path.EndsWith(".from", StringComparison.Ordinal))
            ? Suggestions.Runs(context)
            : paths.SelectMany(Suggestions.ChoicesOf).Distinct().Select(value => new CompletionItem(value)));
    }

    /// <summary>What the user said, one layer for each setting; empty where the option is absent. Values with a comma are lists.</summary>
    public IEnumerable<ConfigurationLayer> Layers(ParseResult parsed, bool isGaussian = true) => parsed.GetValue(this) is { } value
        ? (isGaussian ? _gaussian : _tables).Select(path => ConfigurationLayer.FromOption(
            $"{Name} {value}", path, value.Contains(',') && !value.StartsWith('[') ? $"[{value}]" : value))
        : [];
}
