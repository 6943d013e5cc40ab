using System.Collections.Concurrent;

namespace W2S.Runs.Work;

/// <summary>
/// Runs lines of a plan until each is done or has failed for good. Any number of workers may be given the same lines, on
/// any machines: leases keep them apart. What others hold is waited for, and taken over when its holder is dead.
/// </summary>
public static partial class SweepWorker
{
    /// <summary>The kinds of run that there are. A new one is one line here.</summary>
    private static readonly IReadOnlyList<RunKind> Kinds = [new StudyRunKind(), new RepresentationRunKind(), new EncoderRunKind()];

    /// <exception cref="StoppedException">Asked to stop; what was running is saved.</exception>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public static Outcome Work(SweepPlan plan, IEnumerable<PlannedRun> lines, Options options, RunServices run)
    {
        using var keeper = new HeartbeatLease.Keeper(run.Time, HeartbeatLease.Beat);
        var runner = new Execution(plan, options.Threads, keeper, run);
        var waiting = Rotated([.. lines], options.Offset);
        using var progress = run.Progress.Begin($"sweep {Path.GetFileName(plan.Folder.Path)}", "runs", waiting.Count);
        var deferred = new ConcurrentBag<PlannedRun>();
        int done = 0, ran = 0, failed = 0, blocked = 0;
        while (waiting.Count > 0)
        {
            deferred.Clear();
            // Who has what is asked of the folders when a run's turn comes, so that here no job waits for another.
            JobGraph.Run([.. waiting.Select(planned => new JobGraph.Job([], () => Attempt(planned)))], options.Parallel, _ => { });
            if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
            var isStuck = deferred.Count == waiting.Count;
            waiting = [.. deferred.OrderBy(planned => planned.Line)];
            // Nothing moved: others hold the rest, or what it needs.
            if (isStuck) Wait(options.Patience, run.Stop);
        }
        return new Outcome(done, ran, failed, blocked);

        void Attempt(PlannedRun planned)
        {
            if (run.Stop.IsSet) return;
            switch (runner.TryRun(planned))
            {
                case Execution.Step.Found or Execution.Step.Ran:
                    Interlocked.Increment(ref done);
                    if (runner.HasRun(planned)) Interlocked.Increment(ref ran);
                    break;
                case Execution.Step.Failed: Interlocked.Increment(ref failed); break;
                case Execution.Step.Blocked: Interlocked.Increment(ref blocked); break;
                default: deferred.Add(planned); return;
            }
            progress.Report(Volatile.Read(ref done) + Volatile.Read(ref failed) + Volatile.Read(ref blocked));
        }
    }

    /// <exception cref="UserErrorException">The plan is of a newer program.</exception>
    internal static RunKind KindOf(string name) => Kinds.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UserErrorException($"This program knows no kind of run \"{name}\"; use the one that made the plan.");

    /// <summary>Level by level, because a later level needs the earlier ones; within a level from the offset on.</summary>
    private static List<PlannedRun> Rotated(List<PlannedRun> lines, double offset) =>
    [
        .. lines.GroupBy(line => line.Level).OrderBy(level => level.Key).SelectMany(level =>
        {
            var runs = level.ToList();
            var start = (int)(offset * runs.Count);
            return runs[start..].Concat(runs[..start]);
        }),
    ];

    private static void Wait(TimeSpan patience, StopSignal stop)
    {
        for (var waited = TimeSpan.Zero; waited < patience && !stop.IsSet; waited += TimeSpan.FromMilliseconds(50)) Thread.Sleep(50);
    }

    /// <summary>How a worker goes about it.</summary>
    public sealed record Options
    {
        /// <summary>Runs side by side in this process.</summary>
        public int Parallel { get; init; } = 1;

        /// <summary>Threads of each run.</summary>
        public int Threads { get; init; } = 1;

        /// <summary>Where in the list to begin, from 0 up to 1, so that workers of one list meet seldom.</summary>
        public double Offset { get; init; }

        /// <summary>How long to wait before looking again at runs that others hold.</summary>
        public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);
    }

    /// <summary>What a worker leaves behind of its lines.</summary>
    /// <param name="Done">Finished by now, by whomever.</param>
    /// <param name="Ran">Finished by this worker.</param>
    /// <param name="Failed">Failed for good.</param>
    /// <param name="Blocked">Need a run that failed for good.</param>
    public sealed record Outcome(int Done, int Ran, int Failed, int Blocked);
}
