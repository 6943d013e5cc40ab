using System.Globalization;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// Several panels for several seeds in one run folder. What panels share is trained once; what does not depend on each
/// other runs side by side, a core each. Finished parts are found again, so the same call continues an interrupted study.
/// </summary>
public static class SyntheticStudies
{
    /// <summary>Runs everything in a folder of its own and leaves tasks.csv, summary.json, the plots and the report there.</summary>
    /// <param name="panels">Every panel for every seed.</param>
    /// <param name="path">The run's folder; an interrupted run in it is continued.</param>
    /// <param name="threads">Cores to use; results do not depend on it.</param>
    /// <param name="force">Delete an earlier run in the folder first.</param>
    /// <param name="command">The command that makes this study again, for the report.</param>
    /// <exception cref="StoppedException">Asked to stop; everything is saved.</exception>
    /// <exception cref="UserErrorException">The folder is held, belongs to a run with other settings, or cannot be written.</exception>
    public static IReadOnlyList<PanelResult> Run(
        IReadOnlyList<StudyOptions> panels, string path, int threads, TrainingOptions training, bool force, string command, RunServices run)
    {
        using var folder = RunFolder.Open(path, Configuration(panels), force, run);
        var results = RunPanels(panels, folder.Path, threads, training, command, folder.Services);
        StudyOutputs.Write(folder.Path, results, new ReportContext(command, run.Time.GetLocalNow()));
        return results;
    }

    /// <summary>One YAML document a panel; what differs between seeds is the seed alone.</summary>
    private static string Configuration(IReadOnlyList<StudyOptions> panels)
    {
        var seeds = panels.Select(panel => panel.Seed).Distinct();
        var documents = panels.DistinctBy(panel => panel.Name).Select(ConfigurationWriter.Write);
        return $"# seeds: {string.Join(", ", seeds)}\n{string.Join("---\n", documents)}";
    }

    private static IReadOnlyList<PanelResult> RunPanels(
        IReadOnlyList<StudyOptions> panels, string folder, int threads, TrainingOptions training, string command, RunServices run)
    {
        var share = Math.Max(1, threads / panels.Count);
        var store = new RepresentationStore(Path.Combine(folder, "representations"), training, command, run);
        var shared = new Dictionary<string, SharedRepresentation>();
        var results = new PanelResult?[panels.Count];
        var panelJobs = new List<StudyJob>();

        for (var index = 0; index < panels.Count; index++)
        {
            var (slot, options) = (index, panels[index]);
            var panelFolder = PanelFolder(folder, options);
            results[slot] = FinishedPanel.Read(panelFolder, options);
            if (results[slot] != null) continue;

            var engine = Engines.Choose(options, share);
            var (weak, strong) = (Share(options.Weak, "weak"), Share(options.Strong, "strong"));
            panelJobs.Add(new StudyJob([weak.Job, strong.Job], () =>
            {
                var started = run.Time.GetTimestamp();
                var stages = new HeadStages(options, engine, share, Path.Combine(panelFolder, "stages"), training with { SaveFinished = false }, run);
                var measures = new WeakToStrongStudy(options, engine, stages).Run(weak.Representation, strong.Representation);
                var seconds = run.Time.GetElapsedTime(started).TotalSeconds + weak.Seconds + strong.Seconds;
                results[slot] = new PanelResult(options, engine.Name, measures.Representations, measures.Tasks, seconds);
                FinishedPanel.Write(panelFolder, results[slot]!, stages);
            }));

            SharedRepresentation Share(RepresentationOptions representation, string role)
            {
                var key = representation.Source == RepresentationSource.Pretrained
                    ? store.Folder(options, representation, engine)
                    : $"{panelFolder}/{role}";
                if (!shared.TryGetValue(key, out var needed))
                {
                    shared[key] = needed = new SharedRepresentation(
                        options.WorkOf(representation), () => store.Obtain(options, representation, role, engine), run.Time);
                }
                return needed;
            }
        }

        var longestFirst = shared.Values.OrderByDescending(needed => needed.Work).Select(needed => needed.Job);
        JobGraph.Run([.. longestFirst, .. panelJobs], threads, failure => run.Stop.Set(run.Stop.Reason ?? $"a failure elsewhere ({failure.Message})"));
        return [.. results.Select(result => result!)];
    }

    private static string PanelFolder(string folder, StudyOptions options) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{options.Seed}"), options.Name);

    /// <summary>Multiply-adds of training a representation, up to a constant: to start the longest first.</summary>
    private static double WorkOf(this StudyOptions options, RepresentationOptions representation) =>
        representation.Source == RepresentationSource.Pretrained
            ? (double)options.Pretraining.Tasks * options.Pretraining.Samples * options.Pretraining.Optimiser.Epochs * representation.Depth
            : 0;
}
