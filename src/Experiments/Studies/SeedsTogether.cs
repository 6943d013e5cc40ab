using W2S.Training;

namespace W2S.Experiments;

/// <summary>A panel for one seed that still has to run.</summary>
/// <param name="Needs">Its representations.</param>
/// <param name="Run">Fits and measures, alone or in the company of other seeds.</param>
internal sealed record WaitingPanel(StudyOptions Options, IEngine Engine, IReadOnlyList<SharedRepresentation> Needs, Action<HeadCompany?> Run);

/// <summary>
/// Makes one job of what differs in the seed alone, where the engine trains several seeds in one program better than one
/// after another; elsewhere every seed remains a job of its own.
/// </summary>
internal static class SeedsTogether
{
    /// <summary>The jobs that train representations of several seeds at once; those wait for them and find themselves trained.</summary>
    public static IReadOnlyList<StudyJob> Pretrain(IEnumerable<SharedRepresentation> representations, RepresentationStore store, RunServices run)
    {
        var jobs = new List<StudyJob>();
        var pretrained = representations.Where(representation => representation.Shape.Source == RepresentationSource.Pretrained);
        foreach (var group in Groups(pretrained, one => (RepresentationSettings.Of(one.Options, one.Shape, one.Engine.Name) with { Seed = 0 }, one.Engine)))
        {
            if (group is not [var first, _, ..]) continue;
            var job = new StudyJob([], () =>
            {
                var started = run.Time.GetTimestamp();
                store.TrainTogether([.. group.Select(one => one.Options)], first.Shape, (IBatchingEngine)first.Engine);
                foreach (var one in group) one.Charge(run.Time.GetElapsedTime(started).TotalSeconds / group.Count);
            });
            jobs.Add(job);
            foreach (var one in group) one.After = [job];
        }
        return jobs;
    }

    /// <summary>The jobs that fit and measure the panels.</summary>
    /// <param name="folder">Where the checkpoints of fits together go while they last.</param>
    public static IEnumerable<StudyJob> Fit(IEnumerable<WaitingPanel> panels, string folder, TrainingOptions training, RunServices run) =>
        Groups(panels, one => (one.Options with { Seed = 0 }, one.Engine)).Select(group =>
            new StudyJob([.. group.SelectMany(one => one.Needs).Select(needed => needed.Job).Distinct()], () => FitGroup(group, folder, training, run)));

    private static void FitGroup(IReadOnlyList<WaitingPanel> group, string folder, TrainingOptions training, RunServices run)
    {
        // Exact heads are not trained, so there is nothing to do together.
        if (group is not [var first, _, ..] || first.Options.Heads.Solver == HeadSolver.Exact)
        {
            foreach (var panel in group) panel.Run(null);
            return;
        }
        var checkpoints = Path.Combine(folder, $"{first.Options.Name}-{Fingerprint.Short(Fingerprint.Of(group.Select(panel => panel.Options with { Threads = 0 })))}");
        var meeting = new HeadMeeting((IBatchingEngine)first.Engine, group.Count, checkpoints, training, run);
        var seeds = group.Select((panel, member) => new Thread(() =>
        {
            try
            {
                panel.Run(meeting.Member(member));
            }
            catch (Exception failure)
            {
                meeting.Abandon(failure);
            }
        }) { Name = $"{panel.Options.Name}, seed {panel.Options.Seed}", IsBackground = true }).ToList();
        seeds.ForEach(seed => seed.Start());
        seeds.ForEach(seed => seed.Join());
        meeting.ThrowIfAbandoned();
        if (Directory.Exists(checkpoints)) Directory.Delete(checkpoints, recursive: true);
    }

    /// <summary>What is alike, in groups no larger than its engine trains together.</summary>
    private static IEnumerable<IReadOnlyList<T>> Groups<T, TKey>(IEnumerable<T> all, Func<T, (TKey Likeness, IEngine Engine)> of) =>
        all.GroupBy(one => Fingerprint.Of(of(one).Likeness!)).SelectMany(alike => alike.Chunk(of(alike.First()).Engine is IBatchingEngine engine ? engine.SeedsTogether : 1));
}
