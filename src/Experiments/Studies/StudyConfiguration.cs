using YamlDotNet.RepresentationModel;

namespace W2S.Experiments;

/// <summary>
/// Turns what the user asked for into validated studies: defaults, then the preset of the kind of data, then panel, then
/// command line.
/// </summary>
internal static class StudyConfiguration
{
    /// <summary>Every panel with every seed, panels first: all seeds of a panel stand together.</summary>
    /// <param name="overrides">The command line's settings; they win.</param>
    /// <param name="seeds">The seeds; empty: the one that the settings say.</param>
    /// <exception cref="UserErrorException">Something is wrong; the message lists all of it.</exception>
    public static IReadOnlyList<Study> Resolve(
        IReadOnlyList<Panel> panels, string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds)
    {
        var problems = new ConfigurationBinder.Problems();
        var studies = panels.Select(panel => Bind(preset, [.. panel.Layers, .. overrides], problems)).ToList();
        foreach (var twins in studies.Zip(panels).GroupBy(study => study.First.Name).Where(group => group.Count() > 1))
            problems.Add(
                string.Join(" and ", twins.Select(twin => twin.Second.Name)),
                $"both panels are called {twins.Key}, and would share a folder; give one another name.");
        problems.ThrowIfAny();
        return [.. studies.SelectMany(study => seeds.Count == 0 ? [study] : seeds.Select(seed => study with { Seed = seed }))];
    }

    /// <summary>One study; problems are collected.</summary>
    internal static Study Bind(string preset, IReadOnlyList<ConfigurationLayer> layers, ConfigurationBinder.Problems problems)
    {
        ConfigurationLayer[] all = [Panel.Preset(preset, IsGaussian(layers)), .. layers];
        var study = WithoutStaleDigests(
            ConfigurationBinder.Bind<Study>([all[0], .. Fitting(all, Paths(layers)), .. layers], StudyRules.Check, problems), layers);
        // Generated molecules need no file, so neither should what reads them.
        if (study.Data is not [MoleculeDataSet.SyntheticName]) return study;
        var said = Paths(layers);
        return study with { Weak = Generated(study.Weak, "weak"), Strong = Generated(study.Strong, "strong") };

        RepresentationOptions Generated(RepresentationOptions options, string role) =>
            said.Contains($"{role}.encoder.corpora") || options.From.Count > 0
            ? options
            : options with { Encoder = options.Encoder with { Corpora = [MoleculeDataSet.SyntheticName] } };
    }

    /// <summary>
    /// How heads of an objective that ridge, the tables' default, does not fit are fitted, where nothing else is said.
    /// </summary>
    private static IEnumerable<ConfigurationLayer> Fitting(IReadOnlyList<ConfigurationLayer> all, HashSet<string> said)
    {
        var study = ConfigurationBinder.Bind<Study>(all, null, new ConfigurationBinder.Problems()); // what is wrong is told by the next one
        if (study.IsGaussian || !ObjectiveKind.Names.Contains(study.Objective.Name)) yield break;
        var (objective, solver) = (study.Objective.Create(), study.Heads.Solver);
        if (objective is not Squared && !said.Contains("heads.solver"))
        {
            solver = objective.GetType() == typeof(CrossEntropy) ? HeadSolver.Newton : HeadSolver.AdamW;
            yield return Setting("heads.solver", solver.ToString().ToLowerInvariant());
        }
        var isRaw = (objective.Link == Link.Softmax && solver == HeadSolver.AdamW) || study.Table.ChosenColumn != "";
        if (isRaw && !said.Contains("heads.standardise"))
            yield return Setting("heads.standardise", "false");

        ConfigurationLayer Setting(string path, string value) =>
            ConfigurationLayer.FromOption($"the default for {study.Objective.Name}", path, value);
    }

    /// <summary>Without the sums of files that an earlier layer named, a run's config.yaml say, and a later one replaced.</summary>
    private static Study WithoutStaleDigests(Study study, IReadOnlyList<ConfigurationLayer> layers)
    {
        if (study.DataDigests.Count > 0 && IsStale("data", "data_digests")) study = study with { DataDigests = [] };
        return study with { Weak = Fresh(study.Weak, "weak"), Strong = Fresh(study.Strong, "strong") };

        RepresentationOptions Fresh(RepresentationOptions options, string role)
        {
            if (options.Digests.Count > 0 && IsStale($"{role}.from", $"{role}.digests")) options = options with { Digests = [] };
            return options.Encoder.CorpusDigests.Count > 0 && IsStale($"{role}.encoder.corpora", $"{role}.encoder.corpus_digests")
                ? options with { Encoder = options.Encoder with { CorpusDigests = [] } }
                : options;
        }

        bool IsStale(string named, string digests) => LastThatSays(named) > LastThatSays(digests);

        int LastThatSays(string path) => layers.Index().LastOrDefault(layer => Paths([layer.Item]).Contains(path), (-1, null!)).Index;
    }

    /// <summary>
    /// A single stage's settings: where nothing else is said of an encoder, the one that the project brings along is taken.
    /// </summary>
    /// <param name="role">"weak" or "strong": whose representation the user may have spoken of.</param>
    /// <param name="root">The folder of trained representations: checkpoints/.</param>
    /// <param name="said">The panel's settings and the command line's.</param>
    /// <exception cref="UserErrorException">Something is wrong; the message lists all of it.</exception>
    public static Study Stage(string role, string root, string preset, IReadOnlyList<ConfigurationLayer> said) =>
        WithRepresentation(Bound(preset, said), role, root, said);

    /// <summary>One study, or all that is wrong with it.</summary>
    private static Study Bound(string preset, IReadOnlyList<ConfigurationLayer> layers)
    {
        var problems = new ConfigurationBinder.Problems();
        var study = Bind(preset, layers, problems);
        problems.ThrowIfAny();
        return study;
    }

    /// <summary>
    /// A student's settings: those of its weak run, and what is its own: the strong representation, and on tables the protocol and the
    /// device.
    /// </summary>
    /// <exception cref="UserErrorException">Something is wrong, or the weak run's to decide.</exception>
    public static Study Student(string weakRun, string root, IReadOnlyList<ConfigurationLayer> said)
    {
        var weak = ResultFile.StudyOf(ResultFile.Read(weakRun, Stages.Weak).Folder);
        var seed = ConfigurationLayer.FromOption(
            $"the seed of {weakRun}", "strong.encoder.seed", weak.Seed.ToString(CultureInfo.InvariantCulture));
        var student = Bound(
            Panel.DefaultPreset, [ConfigurationLayer.FromFile(ConfigurationIn(weakRun)), .. weak.IsGaussian ? [] : new[] { seed }, .. said]);
        var heads = student.Heads with { TrainableBlocks = weak.Heads.TrainableBlocks };
        var own = student with { Strong = weak.Strong, WeakLabels = weak.WeakLabels, Heads = heads };
        if (!weak.IsGaussian) own = own with { Protocol = weak.Protocol, Device = weak.Device };
        var changed = Setting.Differences(own, weak, "weak run").ToList();
        if (changed.Count > 0)
            throw new UserErrorException(
                $"These settings are those of {weakRun}, not the student's to change: {string.Join(", ", changed)}. --set may change "
                + "what is below strong and weak_labels, and heads.trainable_blocks; for others train another weak run.");
        return WithRepresentation(student, "strong", root, said);
    }

    /// <summary>
    /// With what its references stand for; on tables the encoder that the project brings along, if nothing else was said of one.
    /// </summary>
    private static Study WithRepresentation(Study study, string role, string root, IReadOnlyList<ConfigurationLayer> said)
    {
        var options = study.Of(role);
        HashSet<string> ofRole = [.. Paths(said).Where(path => path.StartsWith(role + ".", StringComparison.Ordinal))];
        if (options.From.Count == 0 && !study.IsGaussian && Shared(study, role, root, ofRole) is { } shared)
            options = new RepresentationOptions { From = [shared] };
        if (options.From.Count == 1 && study.IsGaussian && ofRole.FirstOrDefault(path => path != $"{role}.from") is { } other)
            throw new UserErrorException(
                $"{options.From[0]} says what the {role} representation is, and {other} would change it; give one of them.");
        return study.With(role, ResolveReference(study, options));
    }

    /// <summary>
    /// What people name where a representation is wanted: files of one, or the folder of a run that made or used one.
    /// </summary>
    /// <param name="options">With what the user named in From.</param>
    /// <exception cref="UserErrorException">A folder holds no such run, or a representation that was made with other settings.</exception>
    public static RepresentationOptions ResolveReference(Study study, RepresentationOptions options)
    {
        if (options.From is not [var reference]) return options;
        return study.IsGaussian ? Network(study, reference) : Encoder(reference, options);
    }

    /// <summary>A saved encoder, or what a run used or pretrained.</summary>
    private static RepresentationOptions Encoder(string reference, RepresentationOptions options)
    {
        var folder = EncoderReference.Parse(reference).File;
        if (File.Exists(Path.Combine(folder, HuggingFaceFolder.ConfigurationFile)) || HuggingFaceFolder.WeightsIn(folder) != null)
            return options;
        if (ResultFile.IsIn(reference)) return Used(reference);
        // Its weights are in checkpoints there; who has its settings finds it.
        if (!File.Exists(Path.Combine(reference, PretrainedEncoder.TrainingRecord.FileName))) return options;
        return new RepresentationOptions
        {
            Encoder = ConfigurationBinder.Bind<EncoderSettings>(
                [ConfigurationLayer.FromFile(ConfigurationIn(reference))], settings => StudyRules.EncoderRules("", settings)),
        };
    }

    /// <summary>A network that a run of a stage or of pretrain used, or one of whose checkpoints is named.</summary>
    private static RepresentationOptions Network(Study study, string folder)
    {
        var run = RunOf(folder);
        if (ResultFile.IsIn(run))
        {
            var used = Used(run);
            var theirs = ResultFile.StudyOf(run);
            RequireSame(MlpRepresentation.Settings.Of(theirs, used, ""), MlpRepresentation.Settings.Of(study, used, ""), folder);
            return used;
        }
        var settings = ConfigurationBinder.Bind<MlpRepresentation.Settings>([ConfigurationLayer.FromFile(ConfigurationIn(run))]);
        var network = new RepresentationOptions { Depth = settings.Depth, Hidden = settings.Hidden };
        RequireSame(settings, MlpRepresentation.Settings.Of(study, network, settings.Engine), folder);
        return network;
    }

    /// <summary>What a stage's own model, or its student, read.</summary>
    private static RepresentationOptions Used(string run)
    {
        var study = ResultFile.StudyOf(run);
        return ResultFile.Read(run).Stage == Stages.Weak ? study.Weak : study.Strong;
    }

    private static void RequireSame(MlpRepresentation.Settings theirs, MlpRepresentation.Settings own, string folder)
    {
        var differences = Setting.Differences(theirs, own, "here").ToList();
        if (differences.Count > 0)
            throw new UserErrorException(
                $"The representation in {folder} was made with other settings than this study's: {string.Join(", ", differences)}. "
                + "Make one with these settings, or change them.");
    }

    private static string ConfigurationIn(string folder) => Path.Combine(folder, RunFolder.ConfigurationFile);

    /// <summary>The folder itself, or where it is a checkpoint, the folder of the training that made it.</summary>
    private static string RunOf(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"There is no folder {folder}. Give a run of train-strong or pretrain, or a checkpoint of one.");
        for (var run = Path.GetFullPath(folder); run != null; run = Path.GetDirectoryName(run))
            if (File.Exists(ConfigurationIn(run))) return run;
        throw new UserErrorException(
            $"{folder} holds no representation: there is no {RunFolder.ConfigurationFile} in it or above it. Give a run of "
            + "train-strong or pretrain, or a checkpoint of one.");
    }

    /// <summary>
    /// The weak one of that width, or the strong one, if nothing was said but its width or a seed: another seed means another weak encoder,
    /// but for the strong one it is that of the heads alone, for it is dear to pretrain.
    /// </summary>
    private static string? Shared(Study study, string role, string root, HashSet<string> said)
    {
        var isMeant = role == "weak"
            ? said.IsSubsetOf(["weak.encoder.hidden", "weak.encoder.seed"]) && study.Weak.Encoder.Seed == 0
            : said.IsSubsetOf(["strong.encoder.seed"]);
        var folder = Path.Combine(root, "molecules", role == "weak" ? $"weak-{study.Weak.Encoder.Hidden}" : "strong");
        return isMeant && !Datasets.AreTexts(study) && study.Data is not [MoleculeDataSet.SyntheticName]
            && (!Datasets.IsFile(study.Data[0]) || study.Table.SmilesColumn != "") && Directory.Exists(folder)
            ? folder
            : null;
    }

    /// <summary>Whether these settings come to Gaussian tasks: the kind of data decides the preset below them.</summary>
    public static bool IsGaussian(IReadOnlyList<ConfigurationLayer> layers) =>
        layers.Select(layer => layer.Root.Children.FirstOrDefault(child => $"{child.Key}" == "data").Value)
            .LastOrDefault(value => value is YamlScalarNode or YamlSequenceNode) switch
        {
            YamlScalarNode scalar => scalar.Value == GaussianTasks.DataName,
            YamlSequenceNode list => list.Children is [YamlScalarNode { Value: GaussianTasks.DataName }],
            _ => true,
        };

    /// <summary>The settings that somebody said.</summary>
    private static HashSet<string> Paths(IEnumerable<ConfigurationLayer> layers)
    {
        return [.. layers.SelectMany(layer => In(layer.Root))];

        static IEnumerable<string> In(YamlMappingNode group) => group.Children.SelectMany(child => child.Value is YamlMappingNode inner
            ? In(inner).Select(path => $"{child.Key}.{path}")
            : [$"{child.Key}"]);
    }
}
