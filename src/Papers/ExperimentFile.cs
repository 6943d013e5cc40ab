using W2S.Runs.Plans;

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
/// <param name="Name">The file's, and so that of its folder.</param>
/// <param name="Seeds">As the file has them.</param>
/// <param name="Settings">What every study of it is told, for overrides that ask what kind of data these are.</param>
internal sealed record ExperimentFile(
    Experiment Experiment, string Name, string Seeds, ConfigurationLayer Settings, IReadOnlyList<Grid.Point> Points)
{
    private const string SeedsKey = "seeds";
    private static readonly string[] Keys = [Limits.Key, SeedsKey, "settings", "grid"];

    /// <summary>The file of that name that travels with the program, or one of the user's by its path.</summary>
    public static ExperimentFile OfName(string name) =>
        Limits.IsFile(name) ? Parse(File.ReadAllText(name), name)
            : Parse(ConfigurationLayer.ShippedText($"limits/{name}.yaml")!, $"configs/limits/{name}.yaml");

    /// <exception cref="UserErrorException">It is no experiment's, or something in it is wrong; the message has file and line.</exception>
    public static ExperimentFile Parse(string text, string source)
    {
        var layer = ConfigurationLayer.FromText(text, source);
        foreach (var key in layer.Root.Children.Keys.Where(key => !Keys.Contains($"{key}")))
            throw new UserErrorException($"{layer.Place(key)}: an experiment's file has no {key}; "
                + (NearestName.Find($"{key}", Keys) is { } nearest ? $"did you mean {nearest}?"
                    : $"it may have {string.Join(", ", Keys)}."));
        var experiment = Limits.Find($"{SweepFile.Node(layer, Limits.Key)}", source);
        var seeds = SweepFile.Node(layer, SeedsKey) is { } said ? $"{said}" : "0";
        return new ExperimentFile(
            experiment, Path.GetFileNameWithoutExtension(source), seeds, SweepFile.SettingsOf(layer) ?? layer.Part([]),
            SweepFile.PointsOf(layer));
    }

    /// <summary>Every point of the grid with every seed, seeds last, so that what is interrupted has all of its first points.</summary>
    /// <param name="overrides">The command line's settings; they win.</param>
    /// <param name="seeds">Empty: the file's.</param>
    /// <exception cref="UserErrorException">Settings are wrong; the message lists all of them.</exception>
    public IReadOnlyList<Study> Studies(string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds)
    {
        var problems = new ConfigurationBinder.Problems();
        var named = ConfigurationLayer.FromOption("the experiment", "name", Name);
        var studies = Points.Select(point => StudyConfiguration.Bind(preset, [named, Settings, .. point.Layers, .. overrides], problems))
            .ToList();
        problems.ThrowIfAny();
        return
        [
            .. studies.SelectMany(study => (seeds.Count > 0 ? seeds : SeedList.Parse(Seeds)).Select(seed => study with { Seed = seed }))
                .DistinctBy(study => study.Identity()),
        ];
    }
}
