namespace W2S.Runs.Kinds;

/// <summary>
/// One panel for one seed, one data set and one weak representation, with the numbers of every other command. What it
/// pretrains are runs of their own, which other panels share; tables and saved representations must lie there for every
/// worker, as they were when the sweep was planned.
/// </summary>
internal sealed class StudyRunKind : RunKind<Study>
{
    internal const string KindName = "study";
    private const string CacheFolder = "features";
    private static readonly RepresentationRunKind Networks = new();
    private static readonly EncoderRunKind Encoders = new();

    public override string Name => KindName;

    /// <summary>The named bases that a sweep's file asks for; where it asks for none, the defaults.</summary>
    internal static IReadOnlyList<Panel> Bases(IReadOnlyList<string> names) =>
        names.Count == 0 ? [new Panel("the defaults", [])] : Panels.Find(names);

    /// <summary>Preset, base and grid as one study; problems are collected. A folder of a run becomes what it used.</summary>
    internal static Study Bind(
        string preset, IReadOnlyList<ConfigurationLayer> layers, Datasets datasets, DataFolders folders, ConfigurationProblems problems)
    {
        var before = problems.Count;
        var study = StudyConfiguration.Bind(preset, layers, problems);
        if (problems.Count > before || study.IsGaussian) return study;
        if (study.Comparisons().Count() > 1)
        {
            problems.Add("data", $"a run is of one data set and one weak representation, and these settings name {study.Comparisons().Count()} pairs; vary data and weak.from in the grid.");
            return study;
        }
        var resolved = study with { Weak = RepresentationReference.Resolve(study, "weak", study.Weak), Strong = RepresentationReference.Resolve(study, "strong", study.Strong) };
        try
        {
            return resolved.Digested(datasets, folders, "weak", "strong");
        }
        catch (UserErrorException absent)
        {
            problems.Add("files", absent.Message);
            return resolved;
        }
    }

    protected override JsonElement Write(Study study) =>
        JsonSerializer.SerializeToElement(study with { Threads = 0 }, SummaryJson.Compact.Study);

    protected override Study Read(JsonElement settings) => ResultFile.ReadOptions(settings);

    protected override string NameOf(Study study) => study.IsGaussian
        ? string.Create(CultureInfo.InvariantCulture, $"{study.Name}-seed{study.Seed}")
        : string.Create(CultureInfo.InvariantCulture, $"{study.Name}-{Path.GetFileName(study.Data[0])}{Divided(study)}-{Short(study.Weak)}-to-{Short(study.Strong)}-seed{study.Seed}");

    protected override IReadOnlyList<NeededRun> Needs(Study study) =>
        [.. new[] { "weak", "strong" }.Select(role => Need(study, role)).OfType<NeededRun>()];

    protected override RunOutcome Run(Study study, RunContext context, RunServices run)
    {
        var started = run.Time.GetTimestamp();
        var folders = DataFolders.Usual();
        var engine = Engines.Choose(study, context.Threads);
        var (features, checkpoints) = (Path.Combine(context.Folder, CacheFolder), context.Checkpoints(engine.Name));
        var cache = new FeatureCache(features);
        var found = study.LookedForIn(context.PlannedIn);
        var derived = new Representations(context.Folder, folders, cache, context.Threads, context.Training, run);
        var solver = HeadSolvers.Create(
            study, engine, context.Threads, checkpoints, context.Training with { SaveFinished = false, KeepBest = false }, run);
        var datasets = new Datasets(folders, run);
        var comparison = new Comparison(study, datasets.Of(found, engine), Obtain("weak"), Obtain("strong"), _ => solver, run);
        var outcome = comparison.Run(Stages.All);
        var panel = comparison.Result(outcome, engine.Name, run.Time.GetElapsedTime(started).TotalSeconds);
        return new RunOutcome(Measures(panel), folder =>
        {
            AtomicFile.WriteAllText(Path.Combine(folder, RowsCsv.FileName), RowsCsv.Write([panel]));
            ResultFile.Write(folder, new Result(Result.StudyStage, [panel]));
            datasets.WriteRejected(folder);
            foreach (var passed in new[] { features, checkpoints }) AtomicFile.DeleteFolder(passed);
        });

        // What is pretrained is trained by now; the others are derived from the truth, or lie in files.
        IRepresentation Obtain(string role) => Need(study, role) is not { } needed ? derived.Obtain(found, role, engine)
            : study.IsGaussian ? RepresentationRunKind.Load(context.FolderOf(needed.Identity), study, study.Of(role), engine)
            : new EncoderRepresentation(
                EncoderRunKind.Load(
                    context.FolderOf(needed.Identity), study.Of(role).Encoder,
                    $"{role}-{study.Of(role).Encoder.Hidden}").On(study.Device, context.Threads, run), study.Features, study.Seed, cache);
    }

    private static NeededRun? Need(Study study, string role)
    {
        var options = study.Of(role);
        if (study.IsGaussian)
            return options.Source == RepresentationSource.Pretrained
                ? new NeededRun(role, Networks, RepresentationRunKind.For(study, options))
                : null;
        return options.From.Count == 0
            ? new NeededRun(role, Encoders, new PretrainingRun<EncoderSettings>(options.Encoder, study.Device))
            : null;
    }

    private static string Divided(Study study) => study.Folds > 0
        ? $"-{study.Folds}folds"
        : string.Concat(study.Splits.Select(split => $"-{split}").Concat(study.RandomSplits.Select(seed => $"-random{seed}")));

    private static string Short(RepresentationOptions options) =>
        options.From is [var saved] ? SavedRepresentations.NameOf(saved) : $"{options.Encoder.Layers}x{options.Encoder.Hidden}";

    /// <summary>Means over cells, and how gain follows misfit; intervals are in summary.json.</summary>
    private static OrderedDictionary<string, double?> Measures(PanelResult panel)
    {
        var statistics = panel.Statistics();
        return new()
        {
            ["weak_error"] = statistics.WeakError,
            ["student_error"] = statistics.StudentError,
            ["strong_error"] = statistics.StrongError,
            ["misfit"] = statistics.Misfit,
            ["gain"] = statistics.Gain,
            ["weak_minus_misfit"] = statistics.WeakError - statistics.Misfit,
            ["gain_over_misfit"] = statistics.GainOverMisfit,
            ["slope_through_origin"] = statistics.SlopeThroughOrigin,
            ["correlation"] = statistics.Correlation,
            ["median_gap_recovered"] = statistics.MedianGapRecovered,
            ["collapsed"] = panel.HasCollapsed() ? 1 : 0,
        };
    }
}
