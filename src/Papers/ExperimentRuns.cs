using System.Collections.Concurrent;
using System.Text.Json;

namespace W2S.Papers;

/// <summary>
/// Experiments in one run folder: their studies side by side, a core each, every group of rows in a file of its own as soon as
/// it is measured. Rows are functions of settings alone, so the same call after any interruption ends in the same bits.
/// </summary>
/// <param name="threads">Cores to use; results do not depend on it.</param>
/// <param name="command">The command that makes this run again, for the report.</param>
internal sealed class ExperimentRuns(DataFolders folders, int threads, TrainingOptions training, string command)
{
    private const string PointsFolder = "points", RepresentationsFolder = "representations";

    /// <summary>Measures what is asked for, unless it is measured already, and writes rows, figures and the report.</summary>
    /// <param name="names">Of experiments, or of their group.</param>
    /// <param name="seeds">Empty: those of each experiment's file.</param>
    /// <param name="path">The run's folder; null: one under runs/ named after the settings.</param>
    /// <exception cref="StoppedException">Asked to stop; what is measured is saved.</exception>
    /// <exception cref="UserErrorException">A setting is wrong, data are absent, or the folder is not to be had.</exception>
    public ExperimentResults Run(
        IReadOnlyList<string> names, string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds, string? path,
            bool force, RunServices run)
    {
        var datasets = new Datasets(folders, run);
        var (files, studies, usual) = Resolve(names, preset, overrides, seeds, datasets);
        path ??= usual;
        List<string> settings = [.. files.Zip(studies, (file, all) =>
            $"# {file.Name}: {Counted.Of(all.Count, "study", "studies")}, {IdentityOf(all)}\n{ConfigurationWriter.Write(all[0])}")];
        using var folder = RunFolder.Open(path, string.Join(ExperimentResults.Separator, settings), force, run);
        datasets.WriteRejected(folder.Path);
        var quiet = folder.Services with { Progress = IProgressDisplay.None, Metrics = IMetricSink.None, Log = Serilog.Core.Logger.None };
        var world = new World(folders, Path.Combine(folder.Path, RepresentationsFolder), training, command, quiet);
        var results = new List<Experiment.Result>();
        foreach (var (file, all, own) in files.Zip(studies, settings))
        {
            var rows = Measure(file, all, folder.Path, world, folder.Services);
            results.Add(new Experiment.Result(
                file.Name, file.Experiment, own, all.Count, all.DistinctBy(study => study.Seed).Count(), rows));
        }
        var found = new ExperimentResults(folder.Path, results);
        found.Write(new ReportContext(command, run.Time.GetLocalNow()));
        return found;
    }

    /// <summary>What <see cref="Run"/> would train and measure, and what it would find measured; nothing is trained or written.</summary>
    /// <inheritdoc cref="Run" path="/param"/>
    /// <exception cref="UserErrorException">A setting is wrong, or data are absent.</exception>
    public Forecast Foresee(
        IReadOnlyList<string> names, string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds, string? path,
            RunServices run)
    {
        var datasets = new Datasets(folders, run);
        var (files, studies, usual) = Resolve(names, preset, overrides, seeds, datasets);
        path ??= usual;
        var root = Path.Combine(path, RepresentationsFolder);
        List<Forecast.Item> representations = [], experiments = [];
        foreach (var (file, all) in files.Zip(studies))
        {
            var missing = Points(file, all, path).Where(point => !File.Exists(point.File)).SelectMany(point => point.Studies).ToList();
            foreach (var study in missing)
            {
                var engine = Engines.Choose(study, threads: 1);
                foreach (var role in new[] { Stages.Weak, Stages.Strong })
                    representations.AddRange(Forecast.Representation(study, role, datasets.Of(study, engine), root, engine));
            }
            var found = all.Count - missing.Count;
            var what = missing.Count == 0 ? "all found" : $"measure {Counted.Of(all.Count, "study", "studies")}"
                + (found == 0 ? "" : $", {found} of them found");
            experiments.Add(new Forecast.Item(file.Name, what));
        }
        return new Forecast(path, [.. representations.DistinctBy(part => (part.Name, part.Place)), .. experiments]);
    }

    /// <summary>Remakes figures and page of a finished run from its rows; nothing is measured.</summary>
    /// <param name="command">What the report names as its command, where the folder does not say which one made it.</param>
    /// <returns>Null where the folder holds a finished run of another kind.</returns>
    /// <exception cref="UserErrorException">It holds no finished run, files were cut short or edited, or a table is absent.</exception>
    public static ExperimentResults? Remake(string folder, string command) =>
        SummaryFile.KindOf(Path.Combine(folder, SummaryFile.FileName)) == SummaryFile.ExperimentsFormat
            ? ExperimentResults.Remake(folder, ReportContext.OfRun(folder, command))
            : null;

    /// <summary>What the files of these experiments say, for a command line that asks whether the data are Gaussian.</summary>
    public static IReadOnlyList<ConfigurationLayer> Layers(IEnumerable<string> names) =>
        [.. Limits.Expand(names).Select(name => ExperimentFile.OfName(name).Settings)];

    /// <summary>The files behind names, the studies of each, and the folder that a run of them has by itself.</summary>
    private (IReadOnlyList<ExperimentFile> Files, IReadOnlyList<IReadOnlyList<Study>> Studies, string Path) Resolve(
        IReadOnlyList<string> names, string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds,
        Datasets datasets)
    {
        var files = Limits.Expand(names).Select(ExperimentFile.OfName).ToList();
        // Other data or weights in the place of those that were read are another run.
        var studies = files.Select(file =>
            file.Studies(preset, overrides, seeds)
                .Select(study => study.Digested(datasets, folders, Stages.Weak, Stages.Strong)).ToList()).ToList();
        if (files.GroupBy(file => file.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UserErrorException($"Two files are called {twice.Key}, and would share a folder: give one another name.");
        var name = names is [Limits.Group or Limits.MoleculeGroup] ? names[0] : string.Join('-', files.Select(file => file.Name));
        var identity = Fingerprint.Of(studies.SelectMany(all => all).Select(study => study with { Threads = 0 }));
        return (files, studies, Path.Combine("runs", $"{name}-{Fingerprint.Short(identity)}"));
    }

    private IReadOnlyList<Row> Measure(ExperimentFile file, IReadOnlyList<Study> studies, string folder, World world, RunServices run)
    {
        var points = Points(file, studies, folder).ToList();
        Directory.CreateDirectory(Path.Combine(folder, file.Name, PointsFolder));
        var missing = points.Where(point => !File.Exists(point.File)).ToList();
        var done = points.Count - missing.Count;
        using var progress = run.Progress.Begin(file.Name, "studies", points.Count, done);
        JobGraph.Run([.. missing.Select(point => new JobGraph.Job([], () =>
        {
            if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
            var rows = file.Experiment.Measure(point.Studies, world.Open).ToList();
            AtomicFile.WriteAllText(point.File, JsonSerializer.Serialize(rows.Select(row => new StoredRow(row.Table, row.Cells))));
            progress.Report(Interlocked.Increment(ref done));
        }))], threads, failure => run.Stop.Set(run.Stop.Reason ?? $"a failure elsewhere ({failure.Message})"));
        return [.. points.SelectMany(point => Read(point.File))];
    }

    /// <summary>The studies that are measured together, and the file of their rows.</summary>
    private static IEnumerable<(IReadOnlyList<Study> Studies, string File)> Points(
        ExperimentFile file, IReadOnlyList<Study> studies, string folder) =>
        studies.GroupBy(file.Experiment.KeyOf).Select(group => group.ToList())
            .Select(group => ((IReadOnlyList<Study>)group, Path.Combine(folder, file.Name, PointsFolder, $"{IdentityOf(group)}.json")));

    private static IEnumerable<Row> Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<List<StoredRow>>(File.ReadAllText(file))!.Select(row =>
                new Row(row.Table) { Cells = row.Cells });
        }
        catch (JsonException)
        {
            throw new UserErrorException($"{file} was cut short or edited: remove it, and the same command measures it again.");
        }
    }

    private static string IdentityOf(IEnumerable<Study> studies) =>
        Fingerprint.Short(string.Join('\n', studies.Select(study => study.Identity())));

    private sealed record StoredRow(string Table, OrderedDictionary<string, string> Cells);

    /// <summary>What all studies of a run share: data, and representations, each obtained once however many studies ask for it.</summary>
    private sealed class World(DataFolders folders, string root, TrainingOptions training, string command, RunServices host)
    {
        private readonly Representations _representations = new(root, folders, new FeatureCache(null), threads: 1, training, host)
        {
            Report = (folder, summary) => StudyOutputs.Write(folder, summary, new ReportContext(command, host.Time.GetLocalNow())),
        };
        private readonly ConcurrentDictionary<string, Lazy<IRepresentation>> _obtained = new();
        private readonly Datasets _datasets = new(folders, host);

        public Bench Open(Study study)
        {
            var engine = Engines.Choose(study, threads: 1);
            return new Bench(study, _datasets.Of(study, engine), engine, Obtain, host);

            IRepresentation Obtain(string role) =>
                _obtained.GetOrAdd(_representations.KeyOf(study, role, engine), _ =>
                    new(() => _representations.Obtain(study, role, engine))).Value;
        }
    }
}
