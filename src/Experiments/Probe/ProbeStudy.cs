using Serilog;

namespace W2S.Experiments;

/// <summary>
/// `probe` as a study like any other: files in, settings out, with defaults that suit what the labels are. A YAML file with
/// these settings gives the same numbers from `reproduce`.
/// </summary>
internal static class ProbeStudy
{
    public const string Name = "probe";

    // Hard labels have classes of probability 0, from which KL(model‖truth) is infinite; see CrossEntropy.
    private const string Smoothing = "0.01";

    // So that separable classes have finite heads, whatever the features' scale; too small to be seen in errors where they are not.
    private const string NewtonRidgeShare = "1e-4";

    /// <param name="weak">Files of features: those of the teachers.</param>
    /// <param name="strong">The student's.</param>
    /// <param name="labels">A file of labels.</param>
    /// <param name="said">The user's settings, which win.</param>
    /// <param name="log">Is told what the labels are taken for.</param>
    /// <exception cref="UserErrorException">Something is wrong with the settings, or the labels cannot be read.</exception>
    public static Panel PanelOf(
        IReadOnlyList<string> weak, string strong, string labels, Task task, IReadOnlyList<ConfigurationLayer> said, ILogger log)
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
        if (isSaid && task == (isOfClasses ? Task.Regression : Task.Classes))
            throw new UserErrorException(
                $"--task {task.ToString().ToLowerInvariant()} and --objective {study.Objective.Name} contradict each other, "
                + $"for that is an objective of {(isOfClasses ? "classes" : "numbers")}; leave one out.");
        if (!isSaid) task = Resolve(task, labels, study.Table, log);
        var areClasses = isSaid ? isOfClasses : task == Task.Classes;
        return new Panel(Name, [.. files, .. areClasses ? Classes(study, isSaid, said) : [], .. said]);
    }

    /// <summary>What the labels are taken for where the user does not say; told aloud.</summary>
    /// <exception cref="UserErrorException">The labels cannot be read.</exception>
    public static Task Resolve(Task task, string labels, Study.TableOptions options, ILogger log)
    {
        if (task != Task.Auto) return task;
        // Labels of a data set that is known by its name are numbers.
        if (!Datasets.IsFile(labels)) return Task.Regression;
        var (areClasses, why) = FeatureTable.LabelFile.Read(labels, options.Format(null)).Guess();
        var (kind, other) = areClasses ? ("classes", "regression") : ("numbers", "classes");
        log.Information("{Labels}: taken for {Kind}, for {Why}; --task {Other} says otherwise", labels, kind, why, other);
        return areClasses ? Task.Classes : Task.Regression;
    }

    /// <summary>How files are read by the settings that somebody gave.</summary>
    /// <exception cref="UserErrorException">Something is wrong with them.</exception>
    public static Study.TableOptions Table(IReadOnlyList<ConfigurationLayer> said)
    {
        var options = Bound(said).Table;
        var problems = new ConfigurationBinder.Problems();
        foreach (var problem in options.Problems()) problems.Add(string.Join(", ", problem.Paths), problem.Message);
        problems.ThrowIfAny();
        return options;
    }

    private static Study Bound(IReadOnlyList<ConfigurationLayer> layers) =>
        // Whether solver and objective agree is judged when the objective is known.
        ConfigurationBinder.Bind<Study>([Panel.Preset(Panel.DefaultPreset, isGaussian: false), .. layers]);

    /// <summary>Defaults for classes, below what the user says.</summary>
    private static IEnumerable<ConfigurationLayer> Classes(Study study, bool isSaid, IReadOnlyList<ConfigurationLayer> said)
    {
        if (!isSaid) yield return Setting("objective.name", new CrossEntropy().Name);
        var isCrossEntropy = !isSaid || study.Objective.Create().GetType() == typeof(CrossEntropy);
        yield return Setting("heads.standardise", "false");
        if (isCrossEntropy && !said.Any(layer => layer.Sets("heads", "newton", "ridge")))
            yield return Setting("heads.newton.ridge_share", NewtonRidgeShare);
        yield return Setting("classes.smoothing", Smoothing);
    }

    private static ConfigurationLayer Setting(string path, string value) => ConfigurationLayer.FromOption("probe's defaults", path, value);

    private static ConfigurationLayer Given(string option, string path, IEnumerable<string> values) =>
        ConfigurationLayer.FromOption(option, path, ConfigurationWriter.Text(values));

    private static string Features(string reference) =>
        ArrayFile.IsArray(reference) ? StoredFeatures.Prefix + reference : reference;

    /// <summary>What is looked at before anything is computed: that all files speak of the same rows, in numbers.</summary>
    /// <param name="study">On one table.</param>
    /// <exception cref="UserErrorException">A file is not what it should be; the message says where and what to do.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static void Check(Study study, DataFolders folders, RunServices run)
    {
        var datasets = new Datasets(folders, run);
        var table = datasets.Table(study.Data[0], study);
        TellUnknownClasses(new SplitTable(table, study), table, run);
        var files = new List<StoredFeatures>();
        foreach (var reference in study.Weak.From.Concat(study.Strong.From).Where(SavedRepresentations.IsFeatures))
        {
            var file = SavedRepresentations.OpenFeatures(reference, study, run);
            file.RequireRowsOf(table);
            files.Add(file);
            if (file.ConstantColumns > 0)
                run.Log.Warning(
                    "{Constant} of {Width} columns of {File} have one value in every row and say nothing",
                    file.ConstantColumns, file.Width, file.Name);
        }
        RequireOneOrder(files);
        // Their numbers may be alike and their molecules not: what lies beside them says so.
        FeatureCard.RequireSameRows(files.Where(file => !file.IsJoined).Select(file => file.Source));
        if (study.Heads.Solver == HeadSolver.Newton && table.Classes is { } classes && files.Count > 0)
            TellLargeSystems((classes.Names.Count - 1) * (files.Max(file => file.Width) + 1), run);
    }

    /// <summary>Newton's method solves for all weights together, which takes their number to the third.</summary>
    private static void TellLargeSystems(int unknowns, RunServices run)
    {
        const int many = 3000;
        if (unknowns > many)
            run.Log.Warning(
                "Newton's method solves for {Unknowns} weights at once, which may take long; --solver adamw takes steps instead", unknowns);
    }

    /// <summary>Classes that are tested and not learned: where labels are smoothed they can be fitted all the same.</summary>
    private static void TellUnknownClasses(SplitTable data, ILabelledTable table, RunServices run)
    {
        if (table.Classes is not { } classes) return;
        foreach (var (cell, split) in data.Cells.Index())
        {
            var (trained, tested) = (Seen(data.Of(Dataset.Part.Weak, cell, 1)!), Seen(data.Of(Dataset.Part.Evaluation, cell, 1)!));
            string[] unknown = [.. tested.Except(trained).Order().Select(label => classes.Names[label])];
            if (unknown.Length > 0)
                run.Log.Warning("In split {Split} rows of the class {Classes} are tested, and the weak model is fitted on none: no model "
                    + "can say it. Take other splits, or merge or remove the class", split, string.Join(", ", unknown));
        }

        HashSet<int> Seen(Examples.OfTable rows) => [.. rows.Rows[0].SelectMany(row =>
            Enumerable.Range(0, classes.Names.Count).Where(label => classes.Probabilities[row * classes.Names.Count + label] > 0))];
    }

    /// <summary>Files that are joined by place and name their rows must name them alike.</summary>
    private static void RequireOneOrder(IReadOnlyList<StoredFeatures> files)
    {
        var named = files.Where(file => file is { Source.Identifiers: not null, IsJoined: false }).ToList();
        foreach (var other in named.Skip(1))
        {
            var (ours, theirs) = (named[0].Source.Identifiers!, other.Source.Identifiers!);
            if (ours.SequenceEqual(theirs)) continue;
            var row = Enumerable.Range(0, ours.Count).First(row => ours[row] != theirs[row]);
            throw new UserErrorException(
                $"{named[0].Name} and {other.Name} do not speak of the same rows in the same order: row {row} (from 0) is '{ours[row]}' "
                + $"there and '{theirs[row]}' here. Join them by identifiers with --id COLUMN, the column of the labels that has them.");
        }
    }

    /// <summary>What the labels of a probe are taken for.</summary>
    internal enum Task
    {
        /// <summary>Whatever they seem to be.</summary>
        Auto,

        /// <summary>Numbers, fitted to squared errors.</summary>
        Regression,

        /// <summary>Classes, hard or soft, fitted by cross-entropy.</summary>
        Classes,
    }
}
