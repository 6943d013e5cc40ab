namespace W2S.Papers;

/// <summary>
/// The experiments after 2502.01458 and its relatives, whose theorems could not be had word for word: each settles a claim by
/// settings of our own. A new one is a file here, its YAML, and a line.
/// </summary>
internal static class Limits
{
    /// <summary>What a file of an experiment begins with.</summary>
    internal const string Key = "experiment";

    /// <summary>The name of all of them on Gaussian tasks together, and of those on real data.</summary>
    public const string Group = "limits", MoleculeGroup = "limits-molecules";

    internal static IReadOnlyList<Experiment> All { get; } =
        [new Bounds(), new CalibrationOfStudents(), new Overtraining(), new KlGain(), new Mixtures(), new LossesUnderNoise(),
            new SeveralTeachers()];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(experiment => experiment.Name)];

    /// <summary>Files of the same experiments on molecules: what an experiment is called, and the data.</summary>
    public static IReadOnlyList<string> MoleculeNames { get; } = ["calibration-molecules", "losses-molecules", "teachers-molecules"];

    /// <summary>Those on a table that does not travel with the program nor is fetched: five classes of solubility.</summary>
    private static readonly string[] SolubilityNames = ["losses-aqsoldb", "teachers-aqsoldb"];

    /// <summary>All that `reproduce` takes for an experiment.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Names, Group, .. MoleculeNames, MoleculeGroup, .. SolubilityNames];

    /// <summary>
    /// Whether `reproduce` is asked for an experiment of this name, for a group of them, or for one in a file of one's own.
    /// </summary>
    public static bool Has(string name) => Known.Contains(name) || IsFile(name);

    /// <summary>Whether a path is that of an experiment's file rather than of a panel's.</summary>
    internal static bool IsFile(string path) => path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && File.Exists(path)
        && File.ReadLines(path).Any(line => line.StartsWith(Key + ":", StringComparison.Ordinal));

    /// <exception cref="UserErrorException">There is none of that name, which stands in the file <paramref name="source"/>.</exception>
    internal static Experiment Find(string name, string source) => All.FirstOrDefault(known => known.Name == name)
        ?? throw new UserErrorException($"{source}: there is no experiment \"{name}\": there are {string.Join(", ", Names)}.");

    /// <summary>The files behind names, each once.</summary>
    internal static IReadOnlyList<string> Expand(IEnumerable<string> names) =>
        [.. names.SelectMany(name => name switch { Group => Names, MoleculeGroup => MoleculeNames, _ => [name] }).Distinct()];
}
