namespace W2S.Experiments.Papers;

/// <summary>
/// The experiments after 2502.01458 and its relatives, whose theorems could not be had word for word: each settles a claim by
/// settings of our own. A new one is a file here, its YAML, and a line.
/// </summary>
public static class Limits
{
    /// <summary>The name of all of them together.</summary>
    public const string Group = "limits";

    internal static IReadOnlyList<Experiment> All { get; } = [new Bounds(), new CalibrationOfStudents(), new Overtraining(), new KlGain(), new Mixtures(), new LossesUnderNoise(), new SeveralTeachers()];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(experiment => experiment.Name)];

    /// <summary>Whether `reproduce` is asked for an experiment of this name, or for all of them.</summary>
    public static bool Has(string name) => name == Group || Names.Contains(name);

    /// <summary>The experiments behind names, each once.</summary>
    internal static IReadOnlyList<string> Expand(IEnumerable<string> names) => [.. names.SelectMany(name => name == Group ? Names : [name]).Distinct()];
}
