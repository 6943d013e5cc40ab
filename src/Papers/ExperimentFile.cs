using W2S.Runs.Plans;
using YamlDotNet.RepresentationModel;

namespace W2S.Papers;

/// <summary>
/// An experiment as configs/limits has it:
/// <code>
/// experiment: bounds
/// seeds: 0..19
/// settings: { objective: { name: cross-entropy } }   # of every study, as in a panel's file
/// grid: { weak.noise: [0.02, 0.05] }                  # what is varied, as in a sweep's file (Grid)
/// </code>
/// </summary>
internal sealed class ExperimentFile
{
    private const string ExperimentKey = "experiment", SeedsKey = "seeds", SettingsKey = "settings", GridKey = "grid";
    private static readonly string[] Keys = [ExperimentKey, SeedsKey, SettingsKey, GridKey];

    private readonly string _seeds;
    private readonly ConfigurationLayer _settings;
    private readonly IReadOnlyList<Grid.Point> _points;

    private ExperimentFile(Experiment experiment, string name, string seeds, ConfigurationLayer settings,
        IReadOnlyList<Grid.Point> points) =>
        (Experiment, Name, _seeds, _settings, _points) = (experiment, name, seeds, settings, points);

    /// <summary>The file's, and so that of its folder.</summary>
    public string Name { get; }

    public Experiment Experiment { get; }

    /// <summary>What every study of it is told, for overrides that ask what kind of data these are.</summary>
    public IReadOnlyList<ConfigurationLayer> Layers => [_settings];

    /// <summary>Whether a path is that of an experiment's file rather than of a panel's.</summary>
    public static bool IsIn(string path) => path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && File.Exists(path)
        && File.ReadLines(path).Any(line => line.StartsWith(ExperimentKey + ":", StringComparison.Ordinal));

    /// <summary>The file of that name that travels with the program, or one of the user's by its path.</summary>
    public static ExperimentFile OfName(string name) =>
        IsIn(name) ? Parse(File.ReadAllText(name), name)
            : Parse(ConfigurationLayer.ShippedText($"limits/{name}.yaml")!, $"configs/limits/{name}.yaml");

    /// <exception cref="UserErrorException">It is no experiment's, or something in it is wrong; the message has file and line.</exception>
    public static ExperimentFile Parse(string text, string source)
    {
        var layer = ConfigurationLayer.FromText(text, source);
        foreach (var key in layer.Root.Children.Keys.Where(key => !Keys.Contains($"{key}")))
            throw new UserErrorException($"{layer.Place(key)}: an experiment's file has no {key}; "
                + (NearestName.Find($"{key}", Keys) is { } nearest ? $"did you mean {nearest}?"
                    : $"it may have {string.Join(", ", Keys)}."));
        return new ExperimentFile(Limits.Find($"{Node(ExperimentKey)}", source), Path.GetFileNameWithoutExtension(source), Node(SeedsKey) is { } seeds ? $"{seeds}" : "0",
            Node(SettingsKey) switch
            {
                YamlMappingNode group => layer.Part(group),
                null => layer.Part([]),
                var other => throw new UserErrorException($"{layer.Place(other)}: settings is a group of settings, as in a panel's file."),
            },
            Node(GridKey) is { } grid ? new Grid(layer, typeof(Study)).Expand(grid) : [Grid.Point.Empty]);

        YamlNode? Node(string key) => layer.Root.Children.FirstOrDefault(child => $"{child.Key}" == key).Value;
    }

    /// <summary>Every point of the grid with every seed, seeds last, so that what is interrupted has all of its first points.</summary>
    /// <param name="overrides">The command line's settings; they win.</param>
    /// <param name="seeds">Empty: the file's.</param>
    /// <exception cref="UserErrorException">Settings are wrong; the message lists all of them.</exception>
    public IReadOnlyList<Study> Studies(string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds)
    {
        var problems = new ConfigurationBinder.Problems();
        var named = ConfigurationLayer.FromOption("the experiment", "name", Name);
        var studies = _points.Select(point => StudyConfiguration.Bind(preset, [named, _settings, .. point.Layers, .. overrides], problems))
            .ToList();
        problems.ThrowIfAny();
        return
        [
            .. studies.SelectMany(study => (seeds.Count > 0 ? seeds : SeedList.Parse(_seeds)).Select(seed => study with { Seed = seed }))
                .DistinctBy(study => study.Identity()),
        ];
    }
}
