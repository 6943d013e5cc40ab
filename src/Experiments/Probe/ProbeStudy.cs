using Serilog;

namespace W2S.Experiments;

/// <summary>What the labels of a probe are taken for.</summary>
internal enum ProbeTask
{
    /// <summary>Whatever they seem to be.</summary>
    Auto,

    /// <summary>Numbers, fitted to squared errors.</summary>
    Regression,

    /// <summary>Classes, hard or soft, fitted by cross-entropy.</summary>
    Classes,
}

/// <summary>
/// `probe` as a study like any other: files in, settings out, with defaults that suit what the labels are. A YAML file with
/// these settings gives the same numbers from `reproduce`.
/// </summary>
internal static class ProbeStudy
{
    public const string Name = "probe";

    // Hard labels have classes of probability 0, from which KL(model‖truth) is infinite; see CrossEntropy.
    private const string Smoothing = "0.01";

    // On features as they are, so that separable classes have finite heads; too small to be seen in errors where they are not.
    private const string NewtonRidge = "1e-4";

    /// <param name="weak">Files of features: those of the teachers.</param>
    /// <param name="strong">The student's.</param>
    /// <param name="labels">A file of labels.</param>
    /// <param name="said">The user's settings, which win.</param>
    /// <param name="log">Is told what the labels are taken for.</param>
    /// <exception cref="UserErrorException">Something is wrong with the settings, or the labels cannot be read.</exception>
    public static Panel Panel(
        IReadOnlyList<string> weak, string strong, string labels, ProbeTask task, IReadOnlyList<ConfigurationLayer> said, ILogger log)
    {
        ConfigurationLayer[] files =
        [
            Setting("name", Name),
            Setting("title", "Gain against misfit on stored features"),
            Setting("expectation", "on or below y = x"),
            Given($"--labels {labels}", "data", [labels]),
            Given($"--weak {string.Join(" --weak ", weak)}", "weak.from", weak.Select(Features)),
            Given($"--strong {strong}", "strong.from", [Features(strong)]),
        ];
        var study = Bound([.. files, .. said]);
        var isSaid = said.Any(layer => layer.Sets("objective", "name"));
        var isOfClasses = isSaid && study.Objective.Create().Link == Link.Softmax;
        if (isSaid && task == (isOfClasses ? ProbeTask.Regression : ProbeTask.Classes))
            throw new UserErrorException(
                $"--task {task.ToString().ToLowerInvariant()} and --objective {study.Objective.Name} contradict each other, "
                + $"for that is an objective of {(isOfClasses ? "classes" : "numbers")}; leave one out.");
        if (!isSaid) task = Resolve(task, labels, study.Table, log);
        var areClasses = isSaid ? isOfClasses : task == ProbeTask.Classes;
        return new Panel(Name, [.. files, .. areClasses ? Classes(study, isSaid) : [], .. said]);
    }

    /// <summary>What the labels are taken for where the user does not say; told aloud.</summary>
    /// <exception cref="UserErrorException">The labels cannot be read.</exception>
    public static ProbeTask Resolve(ProbeTask task, string labels, TableOptions options, ILogger log)
    {
        if (task != ProbeTask.Auto) return task;
        // Labels of a data set that is known by its name are numbers.
        if (!Datasets.IsFile(labels)) return ProbeTask.Regression;
        var (areClasses, why) = LabelFile.Read(labels, options.Format(null)).Guess();
        var (kind, other) = areClasses ? ("classes", "regression") : ("numbers", "classes");
        log.Information("{Labels}: taken for {Kind}, for {Why}; --task {Other} says otherwise", labels, kind, why, other);
        return areClasses ? ProbeTask.Classes : ProbeTask.Regression;
    }

    /// <summary>How files are read by the settings that somebody gave.</summary>
    /// <exception cref="UserErrorException">Something is wrong with them.</exception>
    public static TableOptions Table(IReadOnlyList<ConfigurationLayer> said)
    {
        var options = Bound(said).Table;
        var problems = new ConfigurationProblems();
        foreach (var problem in options.Problems()) problems.Add(string.Join(", ", problem.Paths), problem.Message);
        problems.ThrowIfAny();
        return options;
    }

    private static Study Bound(IReadOnlyList<ConfigurationLayer> layers) =>
        // Whether solver and objective agree is judged when the objective is known.
        ConfigurationBinder.Bind<Study>([Presets.Find(Presets.Default, isGaussian: false), .. layers]);

    /// <summary>Defaults for classes, below what the user says.</summary>
    private static IEnumerable<ConfigurationLayer> Classes(Study study, bool isSaid)
    {
        if (!isSaid) yield return Setting("objective.name", new CrossEntropy().Name);
        var isCrossEntropy = !isSaid || study.Objective.Create().GetType() == typeof(CrossEntropy);
        yield return Setting("heads.standardise", "false");
        yield return Setting("heads.solver", isCrossEntropy ? "newton" : "adamw");
        if (isCrossEntropy) yield return Setting("heads.newton.ridge", NewtonRidge);
        yield return Setting("classes.smoothing", Smoothing);
    }

    private static ConfigurationLayer Setting(string path, string value) => ConfigurationLayer.FromOption("probe's defaults", path, value);

    private static ConfigurationLayer Given(string option, string path, IEnumerable<string> values) =>
        ConfigurationLayer.FromOption(option, path, ConfigurationWriter.Text(values));

    private static string Features(string reference) =>
        ArrayFile.IsArray(reference) ? StoredFeatures.Prefix + reference : reference;
}
