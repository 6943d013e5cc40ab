namespace W2S.Experiments;

/// <summary>
/// A panel as the user named it: the layers that make it what it is. Those of 2405.15116 have a file each in configs/: Figures 2 and 3
/// on Gaussian tasks, Figures 2d to 2f and Tables 1 to 3 on molecules, those of classes, and those on texts.
/// </summary>
public sealed record Panel(string Name, IReadOnlyList<ConfigurationLayer> Layers)
{
    /// <summary>The name of all six on Gaussian tasks together.</summary>
    public const string Group = "synthetic";

    /// <summary>The name of all three data sets of molecules together, which is a file of its own.</summary>
    public const string MoleculeGroup = "molecules";

    /// <summary>The synthetic panels of 2405.15116.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fig2a", "fig2b", "fig2c", "fig3a", "fig3b", "fig3c"];

    /// <summary>The name of all five of classes together.</summary>
    public const string ClassGroup = "kl";

    /// <summary>The synthetic panels with five classes.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["kl2a", "kl2b", "kl2c", "kl3a", "kl3b"];

    /// <summary>The panels and tables on molecules of 2405.15116.</summary>
    public static IReadOnlyList<string> MoleculeNames { get; } = ["fig2d", "fig2e", "fig2f", "table1", "table2", "table3"];

    /// <summary>The name of all those on texts together.</summary>
    public const string TextGroup = "text";

    /// <summary>The panels on texts.</summary>
    public static IReadOnlyList<string> TextNames { get; } = ["essays", "french-reviews", "french-stars"];

    /// <summary>The essays read by MiniLM: a panel, and one of the group where the encoder was laid down.</summary>
    public const string SentenceEncoderPanel = "essays-minilm";

    private static readonly IReadOnlyList<string> All =
    [
        .. Names, Group, .. ClassNames, ClassGroup, .. MoleculeNames, MoleculeGroup, .. TextNames, SentenceEncoderPanel, TextGroup,
    ];

    /// <summary>All names of panels and groups, as people type them: "2b", "synthetic".</summary>
    public static IReadOnlyList<string> Known { get; } =
        [.. All.Select(name => name.StartsWith("fig", StringComparison.Ordinal) ? name[3..] : name)];

    private static readonly IReadOnlyList<string> Shipped = [.. All.Except([Group, ClassGroup, TextGroup])];

    private static readonly string SentenceEncoder = Path.Combine("checkpoints", "text", "minilm");

    /// <summary>
    /// The panels behind names ("2b", "fig2b", "synthetic") and paths of YAML files, each once, in the order given. A
    /// file that does not name its panel names it by its own name.
    /// </summary>
    /// <param name="experiments">Names that the caller knows of besides, for the message about a name that nobody knows.</param>
    /// <exception cref="UserErrorException">A name is unknown, or a file unreadable.</exception>
    public static IReadOnlyList<Panel> Find(IEnumerable<string> names, params IReadOnlyList<string> experiments)
    {
        var expanded = names.SelectMany(name => name.ToLowerInvariant() switch
        {
            Group => Names,
            ClassGroup => ClassNames,
            TextGroup => Directory.Exists(SentenceEncoder) ? [.. TextNames, SentenceEncoderPanel] : TextNames,
            _ => [name],
        });
        return [.. expanded.Select(name => Find(name, experiments)).DistinctBy(panel => panel.Name)];
    }

    /// <summary>Whether a panel of this very name is a file in configs/.</summary>
    internal static bool IsShipped(string name) => Shipped.Contains(name);

    private static Panel Find(string name, IReadOnlyList<string> experiments)
    {
        if (IsPath(name)) return FromFile(name);
        var known = Shipped.FirstOrDefault(panel => new[] { name, "fig" + name }.Contains(panel, StringComparer.OrdinalIgnoreCase))
            ?? throw new UserErrorException($"There is no panel {name}; {Remedy(name, experiments)}");
        return new Panel(known, [ConfigurationLayer.Shipped($"{known}.yaml")]);
    }

    private static Panel FromFile(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        ConfigurationLayer[] named =
        [
            ConfigurationLayer.FromOption(path, "name", name),
            ConfigurationLayer.FromOption(path, "title", name),
            ConfigurationLayer.FromOption(path, "expectation", ""),
        ];
        return new Panel(Path.GetFullPath(path), [.. named, ConfigurationLayer.FromFile(path)]);
    }

    private static string Remedy(string name, IReadOnlyList<string> experiments)
    {
        var nearest = NearestName.Find(name, [.. All, .. experiments]);
        var choice = $"the panels are {string.Join(", ", Names.Select(panel => panel[3..]))}, all of them together are {Group}; "
            + $"those of classes are {string.Join(", ", ClassNames)}, together {ClassGroup}; "
            + $"those with molecules are {string.Join(", ", MoleculeNames)}, together {MoleculeGroup}; "
            + $"those on texts are {string.Join(", ", TextNames)} and {SentenceEncoderPanel}, together {TextGroup}; "
            + (experiments.Count > 0 ? $"experiments are {string.Join(", ", experiments)}; " : "")
            + "and a file of your own is given by its path.";
        return nearest == null ? choice : $"did you mean {nearest}? Otherwise, {choice}";
    }

    private static bool IsPath(string name) =>
        name.Contains('/') || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The preset that counts where none is named: layers below a panel's own settings, where the paper and its notebook differ.
    /// </summary>
    public const string DefaultPreset = "paper";

    /// <summary>As the command line knows them.</summary>
    public static IReadOnlyList<string> PresetNames { get; } = ["paper", "notebook"];

    /// <summary>The layer below a study on Gaussian tasks, or on tables, for which there is one.</summary>
    /// <exception cref="UserErrorException">There is no such preset.</exception>
    public static ConfigurationLayer Preset(string name, bool isGaussian = true)
    {
        if (!PresetNames.Contains(name))
        {
            var nearest = NearestName.Find(name, PresetNames);
            var remedy = nearest == null ? $"the presets are {string.Join(", ", PresetNames)}." : $"did you mean {nearest}?";
            throw new UserErrorException($"There is no preset {name}; {remedy}");
        }
        if (!isGaussian && name != DefaultPreset)
            throw new UserErrorException($"The preset {name} is about Gaussian tasks; leave it out for data in tables.");
        return ConfigurationLayer.Shipped($"presets/{(isGaussian ? name : "tables")}.yaml");
    }
}
