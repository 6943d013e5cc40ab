using YamlDotNet.RepresentationModel;

namespace W2S.Runs;

/// <summary>
/// A sweep as its author wrote it:
/// <code>
/// panels: [2b, 3a]                  # what every run starts from; names, groups or files
/// settings: { heads: { tasks: 20 } }  # laid over all of them
/// grid:                             # see Grid
///   weak.depth: [1, 2, 4]
///   seed: 0..99
/// where: [strong.depth > weak.depth]  # see Grid.Condition
/// retries: 2                        # and the others of SweepOptions
/// slurm: { partition: cpu }         # a section for each launcher
/// </code>
/// </summary>
/// <param name="Text">The file as it stands, comments included.</param>
/// <param name="Source">Where it stands, for messages.</param>
/// <param name="Options">The plain settings at its top.</param>
/// <param name="Bases">The panels that the grid is laid over.</param>
/// <param name="Settings">Null where the file sets none.</param>
/// <param name="Points">All points of the grid, in its order; one that sets nothing where there is no grid.</param>
/// <param name="Conditions">What a point must fulfil to be run.</param>
internal sealed record SweepFile(
    string Text, string Source, SweepOptions Options, IReadOnlyList<Panel> Bases, ConfigurationLayer? Settings,
    IReadOnlyList<Grid.Point> Points, IReadOnlyList<Grid.Condition> Conditions)
{
    private const string PanelsKey = "panels", SettingsKey = "settings", GridKey = "grid", WhereKey = "where";

    /// <summary>The options of a launcher; null where the file has no section for it.</summary>
    public static ConfigurationLayer? Section(string path, string launcher)
    {
        var layer = ConfigurationLayer.FromFile(path);
        if (Node(layer, launcher) is not { } node) return null;
        return node switch
        {
            YamlMappingNode group => layer.Part(group),
            YamlScalarNode { Value: "" or null } => null,
            _ =>
                throw new UserErrorException($"{layer.Place(node)}: {launcher} is a group of options, as in {launcher}: {{ key: value }}."),
        };
    }

    /// <summary>Reads and checks a file; paths of panels in it are relative to the working directory, as on the command line.</summary>
    /// <exception cref="UserErrorException">Something is wrong; the message lists what.</exception>
    public static SweepFile Load(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no {path}: give the YAML file of a sweep, such as configs/sweeps/depth.yaml.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <inheritdoc cref="Load"/>
    public static SweepFile Parse(string text, string source)
    {
        var layer = ConfigurationLayer.FromText(text, source);
        var problems = new ConfigurationBinder.Problems();
        var own = Setting.Of(typeof(SweepOptions)).Select(setting => setting.Key).ToList();
        string[] known = [PanelsKey, SettingsKey, GridKey, WhereKey, .. own, .. LauncherKind.Names];
        var plain = new YamlMappingNode();
        foreach (var (keyNode, value) in layer.Root.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? keyNode.ToString();
            if (own.Contains(key)) plain.Add(keyNode, value);
            else if (!known.Contains(key))
                problems.Add(layer.Place(keyNode), $"a sweep's file has no {key}; "
                    + (NearestName.Find(key, known) is { } nearest ? $"did you mean {nearest}?" : "it may have "
                    + $"{string.Join(", ", known)}."));
        }
        var options = ConfigurationBinder.Bind<SweepOptions>([layer.Part(plain)], CheckOptions, problems);
        problems.ThrowIfAny();

        var paths = Setting.Paths(typeof(Study)).ToList();
        return new SweepFile(
            text, source, options, StudyRunKind.Bases(Texts(layer, PanelsKey)), SettingsOf(layer), PointsOf(layer),
            [.. Texts(layer, WhereKey).Select(condition => Grid.Condition.Parse(condition, $"{source}: where", paths))]);
    }

    /// <summary>What all runs of a sweep's or an experiment's file are told; null where it says nothing.</summary>
    internal static ConfigurationLayer? SettingsOf(ConfigurationLayer layer) => Node(layer, SettingsKey) switch
    {
        null or YamlScalarNode { Value: "" or null } => null,
        YamlMappingNode group => layer.Part(group),
        var other => throw new UserErrorException($"{layer.Place(other)}: settings is a group of settings, as in a panel's file."),
    };

    /// <summary>The points of such a file's grid.</summary>
    internal static IReadOnlyList<Grid.Point> PointsOf(ConfigurationLayer layer) =>
        Node(layer, GridKey) is { } grid ? new Grid(layer, typeof(Study)).Expand(grid) : [Grid.Point.Empty];

    private static IEnumerable<ConfigurationBinder.Conflict> CheckOptions(SweepOptions options)
    {
        string? problem = null;
        try
        {
            Training.Duration.Parse(options.SaveEvery);
        }
        catch (FormatException error)
        {
            problem = error.Message;
        }
        if (problem != null) yield return new(["save_every"], problem);
    }

    internal static YamlNode? Node(ConfigurationLayer layer, string key) =>
        layer.Root.Children.FirstOrDefault(child => (child.Key as YamlScalarNode)?.Value == key).Value;

    /// <summary>One text, or a list of texts.</summary>
    private static IReadOnlyList<string> Texts(ConfigurationLayer layer, string key) => Node(layer, key) switch
    {
        null or YamlScalarNode { Value: "" or null } => [],
        YamlScalarNode one => [one.Value],
        YamlSequenceNode list when list.Children.All(child => child is YamlScalarNode) =>
            [.. list.Children.Select(child => ((YamlScalarNode)child).Value ?? "")],
        var other => throw new UserErrorException($"{layer.Place(other)}: {key} is a text, or a list of texts."),
    };
}
