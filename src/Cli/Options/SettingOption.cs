using System.CommandLine;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>An option that is a short name for settings of the study. The binder judges its value, so that all problems come together.</summary>
internal sealed class SettingOption : Option<string?>
{
    private readonly string[] _paths;

    /// <param name="paths">The settings that it sets: "heads.samples".</param>
    public SettingOption(string name, string valueName, string description, params string[] paths) : base(name)
    {
        (HelpName, Description, _paths) = (valueName, description, paths);
    }

    /// <summary>What the user said, one layer for each setting; empty where the option is absent.</summary>
    public IEnumerable<ConfigurationLayer> Layers(ParseResult parsed) => Layers(parsed, _paths);

    /// <summary>The same for settings of another record, in which they have these paths.</summary>
    public IEnumerable<ConfigurationLayer> Layers(ParseResult parsed, IEnumerable<string> paths) => parsed.GetValue(this) is { } value
        ? paths.Select(path => ConfigurationLayer.FromOption($"{Name} {value}", path, value))
        : [];
}
