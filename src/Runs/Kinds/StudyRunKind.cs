namespace W2S.Runs.Kinds;

/// <summary>
/// One panel for one seed, one data set and one weak representation, with the numbers of every other command. What it
/// pretrains are runs of their own, which other panels share; tables and saved representations must lie there for every
/// worker, as they were when the sweep was planned.
/// </summary>
internal sealed class StudyRunKind() : RunKind("study")
{
    private const string CacheFolder = "features";
    private static readonly RepresentationRunKind Networks = new();
    private static readonly EncoderRunKind Encoders = new();

    /// <summary>The named bases that a sweep's file asks for; where it asks for none, the defaults.</summary>
    internal static IReadOnlyList<Panel> Bases(IReadOnlyList<string> names) =>
        names.Count == 0 ? [new Panel("the defaults", [])] : Panel.Find(names);

    /// <summary>Preset, base and grid as one study; problems are collected. A folder of a run becomes what it used.</summary>
    internal static Study Bind(
        string preset, IReadOnlyList<ConfigurationLayer> layers, Datasets datasets, DataFolders folders,
        ConfigurationBinder.Problems problems)
    {
        var before = problems.Count;
        var study = StudyConfiguration.Bind(preset, layers, problems);
        if (problems.Count > before || study.IsGaussian) return study;
        if (study.Comparisons().Count() > 1)
        {
            problems.Add("data", "a run is of one data set and one weak representation, and these settings name "
                + $"{study.Comparisons().Count()} pairs; vary data and weak.from in the grid.");
            return study;
        }
        var resolved = study with
        {
            Weak = StudyConfiguration.ResolveReference(study, study.Weak),
            Strong = StudyConfiguration.ResolveReference(study, study.Strong),
        };
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

    public override JsonElement Write(object options) =>
        JsonSerializer.SerializeToElement((Study)options with { Threads = 0 }, SummaryJson.Compact.Study);

    public override object Read(JsonElement settings) => ResultFile.ReadOptions(settings);

    public override string NameOf(object options)
    {
        var study = (Study)options;
        var (weak, strong) = (SavedRepresentations.ShortName(study.Weak), SavedRepresentations.ShortName(study.Strong));
        var on = study.IsGaussian ? "" : $"-{Path.GetFileName(study.Data[0])}{Divided(study)}-{weak}-to-{strong}";
        return string.Create(CultureInfo.InvariantCulture, $"{study.Name}{on}-seed{study.Seed}");
    }

    public override IReadOnlyList<(RunKind Kind, object Options)> Needs(object options) =>
        [.. Stages.Roles.Select(role => Need((Study)options, role)).OfType<(RunKind, object)>()];

    public override Outcome Run(object options, Place place, RunServices run)
    {
        var (study, started) = ((Study)options, run.Time.GetTimestamp());
        var folders = DataFolders.Usual();
        var engine = Engines.Choose(study, place.Threads);
        var (features, checkpoints) = (Path.Combine(place.Folder, CacheFolder), place.Checkpoints(engine.Name));
        var cache = new FeatureCache(features);
        var found = study.LookedForIn(place.PlannedIn);
        var derived = new Representations(place.Folder, folders, cache, place.Threads, place.Training, run);
        var solver = HeadSolvers.Create(study, engine, place.Threads, checkpoints, place.Training, run);
        var datasets = new Datasets(folders, run);
        var comparison = new Comparison(study, datasets.Of(found, engine), Obtain("weak"), Obtain("strong"), solver, run);
        var outcome = comparison.Run(Stages.All);
        var panel = comparison.Result(outcome, engine.Name, run.Time.GetElapsedTime(started).TotalSeconds);
        return new Outcome(Measures(panel), folder =>
        {
            AtomicFile.WriteAllText(Path.Combine(folder, RowsCsv.FileName), RowsCsv.Write([panel]));
            ResultFile.Write(folder, new Result(Result.StudyStage, [panel]));
            datasets.WriteRejected(folder);
            foreach (var passed in new[] { features, checkpoints }) AtomicFile.DeleteFolder(passed);
        });

        // What is pretrained is trained by now; the others are derived from the truth, or lie in files.
        IRepresentation Obtain(string role) => Need(study, role) is not { } needed ? derived.Obtain(found, role, engine)
            : study.IsGaussian ? RepresentationRunKind.Load(FolderOf(needed), study, study.Of(role), engine)
            : new EncoderRepresentation(
                EncoderRunKind.Load(FolderOf(needed), study.Of(role).Encoder, $"{role}-{study.Of(role).Encoder.Hidden}")
                    .On(study.Device, place.Threads, run),
                study.Features, study.Seed, cache);
        string FolderOf((RunKind Kind, object Options) needed) => place.FolderOf(needed.Kind.IdentityOf(needed.Options));
    }

    private static (RunKind Kind, object Options)? Need(Study study, string role)
    {
        var options = study.Of(role);
        if (study.IsGaussian)
            return options.Source == RepresentationSource.Pretrained ? (Networks, RepresentationRunKind.For(study, options)) : null;
        return options.From.Count == 0 ? (Encoders, new EncoderRunKind.Options(options.Encoder, study.Device)) : null;
    }

    private static string Divided(Study study) => study.Folds > 0
        ? $"-{study.Folds}folds"
        : string.Concat(study.Splits.Select(split => $"-{split}").Concat(study.RandomSplits.Select(seed => $"-random{seed}")));

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
