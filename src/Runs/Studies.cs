namespace W2S.Runs;

/// <summary>
/// Several panels for several seeds in one run folder. What panels share is trained once; what does not depend on each
/// other runs side by side, a core each. Finished parts are found again, so the same call continues an interrupted study.
/// </summary>
/// <param name="threads">Cores to use; results do not depend on it.</param>
/// <param name="command">The command that makes this study again, for the report.</param>
public sealed class Studies(DataFolders folders, int threads, TrainingOptions training, string command)
{
    private const string CacheFolder = "features", CheckpointsFolder = "heads";

    /// <summary>
    /// Runs one study from a program, with results, plots and a report in a folder, which continues or is found done the next time.
    /// </summary>
    /// <param name="folder">Null: runs/NAME-HASH, after what decides the results.</param>
    /// <param name="run">Null: milestones on stderr.</param>
    /// <exception cref="UserErrorException">Settings are wrong, all of them named; or as the other Run.</exception>
    /// <exception cref="StoppedException">Asked to stop; everything is saved.</exception>
    public static Result Run(Study study, string? folder = null, RunServices? run = null)
    {
        ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromText(ConfigurationWriter.Write(study), study.Name)], StudyRules.Check);
        return new Studies(DataFolders.Usual(), CoresOf(study), new TrainingOptions(), "Studies.Run in C#")
            .Run([study], folder, force: false, run ?? RunServices.OnConsole());
    }

    /// <summary>Compares representations of one's own, on data of the study's or of one's own, in memory: nothing is kept.</summary>
    /// <param name="study">
    /// How heads are fitted and measured; <see cref="Study.OnTable"/> for a table. What it says of representations does not count.
    /// </param>
    /// <param name="data">Null: those that the study names.</param>
    /// <param name="run">Null: milestones on stderr.</param>
    /// <exception cref="UserErrorException">A file is absent, or the data do not fit the study.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static PanelResult Compare(
        Study study, IRepresentation weak, IRepresentation strong, Dataset? data = null, RunServices? run = null)
    {
        run ??= RunServices.OnConsole();
        var started = run.Time.GetTimestamp();
        var engine = Engines.Choose(study, CoresOf(study));
        var solver = HeadSolvers.Create(study, engine, CoresOf(study), checkpoints: null, new TrainingOptions(), run);
        var comparison = new Comparison(
            study, data ?? new Datasets(DataFolders.Usual(), run).Of(study, engine), weak, strong, solver, run);
        var outcome = comparison.Run(Stages.All);
        return comparison.Result(outcome, engine.Name, run.Time.GetElapsedTime(started).TotalSeconds);
    }

    private static int CoresOf(Study study) => study.Threads == 0 ? Environment.ProcessorCount : study.Threads;

    /// <summary>Runs everything in a folder of its own and leaves rows.csv, summary.json, the plots and the report there.</summary>
    /// <param name="studies">Every panel for every seed.</param>
    /// <param name="path">The run's folder; an interrupted run in it is continued. Null: <see cref="DefaultFolder"/>.</param>
    /// <param name="force">Delete an earlier run in the folder first.</param>
    /// <exception cref="StoppedException">Asked to stop; everything is saved.</exception>
    /// <exception cref="UserErrorException">
    /// Data are absent, or the folder is held, belongs to a run with other settings or weights, or cannot be written.
    /// </exception>
    public Result Run(IReadOnlyList<Study> studies, string? path, bool force, RunServices run)
    {
        var started = run.Time.GetTimestamp();
        var datasets = new Datasets(folders, run);
        studies = [.. studies.Select(study => study.Digested(datasets, folders, "weak", "strong").Located())];
        using var folder = RunFolder.Open(path ?? DefaultFolder(studies), Configuration(studies), force, run);
        datasets.WriteRejected(folder.Path);
        Study[] comparisons = [.. studies.SelectMany(study => study.Comparisons())];
        var panels = RunPanels(comparisons, folder.Path, datasets, folder.Services);
        PredictionsFile.Gather(folder.Path, comparisons.Select(study => FolderOf(folder.Path, study)));
        var result = new Result(Result.StudyStage, panels)
        {
            Folder = folder.Path, Seconds = run.Time.GetElapsedTime(started).TotalSeconds,
        };
        StudyOutputs.Write(result, Context(run));
        // What an interrupted study would have gone on from.
        AtomicFile.DeleteFolder(Path.Combine(folder.Path, CacheFolder));
        foreach (var study in comparisons) AtomicFile.DeleteFolder(Path.Combine(FolderOf(folder.Path, study), CheckpointsFolder));
        return result;
    }

    /// <summary>What running them would do; nothing is trained, and nothing written.</summary>
    /// <exception cref="UserErrorException">Data are absent.</exception>
    internal Forecast Foresee(IReadOnlyList<Study> studies, string? path, RunServices run)
    {
        var datasets = new Datasets(folders, run);
        studies = [.. studies.Select(study => study.Digested(datasets, folders, "weak", "strong").Located())];
        var folder = path ?? DefaultFolder(studies);
        Study[] comparisons = [.. studies.SelectMany(study => study.Comparisons())];
        List<Forecast.Item> representations = [], heads = [];
        var isOneSeed = studies.DistinctBy(study => study.Seed).Count() == 1;
        foreach (var study in comparisons)
        {
            var own = FolderOf(folder, study);
            var name = Path.GetRelativePath(isOneSeed ? Path.Combine(folder, $"seed-{study.Seed}") : folder, own);
            if (Finished(own, study) != null)
            {
                heads.Add(new Forecast.Item(name, "all found", Place: own));
                continue;
            }
            var engine = Engines.Choose(study, Math.Max(1, threads / comparisons.Length));
            var data = datasets.Of(study, engine);
            foreach (var role in new[] { "weak", "strong" })
                representations.AddRange(Forecast.Representation(study, role, data, Path.Combine(folder, "representations"), engine));
            heads.Add(Forecast.Heads(name, study, data, 3, engine));
        }
        // What several panels need is trained once.
        return new Forecast(folder, [.. representations.DistinctBy(part => (part.Name, part.Place)), .. heads]);
    }

    /// <summary>A folder under runs/ named after what decides the results, so that the same command finds its run again.</summary>
    public string DefaultFolder(IReadOnlyList<Study> studies)
    {
        var names = studies.Select(study => study.Name).Distinct().ToList();
        var name = names.SequenceEqual(Panel.Names) ? Panel.Group : names.SequenceEqual(Panel.ClassNames) ? Panel.ClassGroup
            : names.Take(Panel.TextNames.Count).SequenceEqual(Panel.TextNames)
                ? Panel.TextGroup
                : string.Join('-', names.Take(Panel.Names.Count));
        var datasets = new Datasets(folders, RunServices.Silent);
        var identity = Fingerprint.Of(
            studies.Select(study => study.Digested(datasets, folders, "weak", "strong").Anywhere() with { Threads = 0 }));
        return Path.Combine("runs", $"{name}-{Fingerprint.Short(identity)}");
    }

    /// <summary>One YAML document a panel; what differs between seeds is the seed alone.</summary>
    private static string Configuration(IReadOnlyList<Study> studies)
    {
        var seeds = studies.Select(study => study.Seed).Distinct();
        var documents = studies.DistinctBy(study => study.Name).Select(ConfigurationWriter.Write);
        return $"# seeds: {string.Join(", ", seeds)}\n{string.Join("---\n", documents)}";
    }

    private IReadOnlyList<PanelResult> RunPanels(IReadOnlyList<Study> comparisons, string folder, Datasets datasets, RunServices run)
    {
        var share = Math.Max(1, threads / comparisons.Count);
        var cache = new FeatureCache(Path.Combine(folder, CacheFolder));
        var representations = new Representations(Path.Combine(folder, "representations"), folders, cache, threads, training, run)
        {
            Report = (trained, summary) => StudyOutputs.Write(trained, summary, Context(run)),
        };
        var shared = new Dictionary<string, SharedRepresentation>();
        var results = new PanelResult?[comparisons.Count];
        var panelJobs = new List<JobGraph.Job>();

        foreach (var (slot, study) in comparisons.Index())
        {
            var panelFolder = FolderOf(folder, study);
            results[slot] = Finished(panelFolder, study);
            if (results[slot] != null) continue;

            var engine = Engines.Choose(study, share);
            var (weak, strong) = (Share("weak"), Share("strong"));
            panelJobs.Add(new JobGraph.Job([weak.Job, strong.Job], () =>
            {
                var started = run.Time.GetTimestamp();
                var checkpoints = Path.Combine(panelFolder, CheckpointsFolder);
                var solver = HeadSolvers.Create(study, engine, share, checkpoints, training with { SaveFinished = false }, run);
                var comparison = new Comparison(
                    study, datasets.Of(study, engine), weak.Representation, strong.Representation, solver, run);
                var outcome = comparison.Run(Stages.All);
                var seconds = run.Time.GetElapsedTime(started).TotalSeconds + weak.Seconds + strong.Seconds;
                results[slot] = Keep(panelFolder, comparison.Result(outcome, engine.Name, seconds), outcome);
            }));

            SharedRepresentation Share(string role)
            {
                var key = representations.KeyOf(study, role, engine);
                if (!shared.TryGetValue(key, out var needed))
                    shared[key] = needed = new SharedRepresentation(
                        WorkOf(study, study.Of(role)), () => representations.Obtain(study, role, engine), run.Time);
                return needed;
            }
        }

        var longestFirst = shared.Values.OrderByDescending(needed => needed.Work).Select(needed => needed.Job);
        JobGraph.Run(
            [.. longestFirst, .. panelJobs], threads,
            failure => run.Stop.Set(run.Stop.Reason ?? $"a failure elsewhere ({failure.Message})"));
        return [.. results.Select(result => result!)];
    }

    /// <summary>The stored result of a panel with exactly these settings, which is not measured again; null where there is none.</summary>
    private static PanelResult? Finished(string folder, Study study)
    {
        if (!ResultFile.IsIn(folder)) return null;
        var stored = ResultFile.Read(folder).Panel;
        return Fingerprint.Of(stored.Options with { Threads = 0 }) == Fingerprint.Of(study with { Threads = 0 }) ? stored : null;
    }

    /// <summary>Leaves a panel's settings, heads, predictions and result in a folder of its own.</summary>
    private static PanelResult Keep(string folder, PanelResult panel, Comparison.Outcome outcome)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, RunFolder.ConfigurationFile), ConfigurationWriter.Write(panel.Options));
        HeadFile.Write(folder, outcome.Fits);
        PredictionsFile.Write(folder, panel, outcome.Predictions);
        ResultFile.Write(folder, new Result(Result.StudyStage, [panel]));
        return panel;
    }

    private ReportContext Context(RunServices run) => new(command, run.Time.GetLocalNow());

    private static string FolderOf(string folder, Study study)
    {
        var panel = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{study.Seed}"), study.Name);
        return study.IsGaussian
            ? panel
            : Path.Combine(
                panel, Path.GetFileName(study.Data[0]), study.Weak.From is [var weak] ? SavedRepresentations.NameOf(weak) : "weak");
    }

    /// <summary>Multiply-adds of training a representation, up to a constant: to start the longest first.</summary>
    private static double WorkOf(Study study, RepresentationOptions representation) =>
        study.IsGaussian && representation.Source == RepresentationSource.Pretrained
            ? (double)study.Pretraining.Tasks * study.Pretraining.Samples * study.Pretraining.Optimiser.Epochs * representation.Depth
            : 0;

    /// <summary>A representation that several panels may need, obtained once by its job.</summary>
    private sealed class SharedRepresentation(double work, Func<IRepresentation> obtain, TimeProvider time)
    {
        private IRepresentation? _representation;

        public double Work => work;

        public JobGraph.Job Job => field ??= new JobGraph.Job([], () =>
        {
            var started = time.GetTimestamp();
            _representation = obtain();
            Seconds = time.GetElapsedTime(started).TotalSeconds;
        });

        /// <summary>The time that obtaining it took.</summary>
        public double Seconds { get; private set; }

        public IRepresentation Representation => _representation ?? throw new InvalidOperationException("Its job has not run.");
    }
}
