namespace W2S.Runs.Results;

/// <summary>A sweep at a moment, from what lies in its folder.</summary>
/// <param name="states">Of the plan's runs, in its order.</param>
internal sealed class SweepStatus(IReadOnlyList<SweepStatus.RunState> states)
{
    /// <summary>How far back the rate looks: far enough for a few long runs, near enough to notice more workers.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(10);

    public int Planned => states.Count;
    public int Waiting => Count(RunState.Waiting);

    /// <summary>Those that need a run which is not done.</summary>
    public int Held => Count(RunState.Held);

    public int Running => Count(RunState.Running);
    public int Done => Count(RunState.Done);
    public int Failed => Count(RunState.Failed);
    public int Stalled => Count(RunState.Stalled);

    /// <summary>Finished runs a minute over the last ten minutes (or since the first, if that is less); null where none is.</summary>
    public required double? RunsPerMinute { get; init; }

    /// <summary>At that rate; null where there is none, 0 where nothing is left.</summary>
    public double? MinutesLeft => Open == 0 ? 0 : RunsPerMinute is > 0 and var rate ? Open / rate : null;

    /// <summary>Failed and stalled runs, in the order of the plan.</summary>
    public required IReadOnlyList<TroubledRun> Troubled { get; init; }

    /// <summary>Whether nothing is left that a worker could do.</summary>
    public bool IsOver => Open == 0;

    /// <summary>Held runs that do not need a failed one.</summary>
    public required int HeldWithHope { get; init; }

    private int Open => Waiting + Running + Stalled + HeldWithHope;

    private int Count(RunState state) => states.Count(one => one == state);

    public static SweepStatus Of(SweepPlan plan, TimeProvider time)
    {
        var states = new RunState[plan.Runs.Count];
        var finished = new DateTime[plan.Runs.Count];
        var failures = new PlannedRun.Failure?[plan.Runs.Count];
        Parallel.For(0, states.Length, index =>
        {
            var folder = plan.Folder.Run(plan.Runs[index].Identity);
            var result = new FileInfo(Path.Combine(folder, PlannedRun.Result.FileName));
            if (result.Exists)
            {
                (states[index], finished[index]) = (RunState.Done, result.LastWriteTimeUtc);
                return;
            }
            if (!Directory.Exists(folder)) return;
            failures[index] = PlannedRun.Failure.Read(folder);
            states[index] = HeartbeatLease.StateOf(folder) switch
            {
                HeartbeatLease.State.Held => RunState.Running,
                HeartbeatLease.State.Dead => RunState.Stalled,
                _ => RunState.Waiting,
            };
            // A run that failed for good may be held for a moment by a worker that looks.
            if (failures[index]?.IsFinal(plan.Options) == true) states[index] = RunState.Failed;
        });
        return new SweepStatus(states)
        {
            HeldWithHope = Hold(plan, states),
            RunsPerMinute = Rate([.. finished.Where(when => when != default)], time.GetUtcNow().UtcDateTime),
            Troubled =
            [
                .. plan.Runs.Where((run, index) => states[index] is RunState.Failed or RunState.Stalled).Select(run =>
                {
                    var (state, failure) = (states[run.Line - 1], failures[run.Line - 1]);
                    var message = state == RunState.Failed
                        ? failure!.InWords
                        : "its worker's heart has stopped; the next worker takes it over";
                    return new TroubledRun(run.Line, run.Name, plan.Folder.Run(run.Identity), state, message, failure?.LogEnd ?? "");
                }),
            ],
        };
    }

    /// <summary>Marks what waits for others; returns how many of these wait for no run that failed for good.</summary>
    private static int Hold(SweepPlan plan, RunState[] states)
    {
        var hopeless = plan.WithAllThatNeed(plan.Runs.Where(run => states[run.Line - 1] == RunState.Failed));
        foreach (var run in plan.Runs.Where(run => states[run.Line - 1] == RunState.Waiting))
        {
            if (run.After.Any(needed => states[plan.Find(needed).Line - 1] != RunState.Done)) states[run.Line - 1] = RunState.Held;
        }
        return plan.Runs.Count(run => states[run.Line - 1] == RunState.Held && !hopeless.Contains(run.Identity));
    }

    private static double? Rate(IReadOnlyList<DateTime> finished, DateTime now)
    {
        if (finished.Count == 0) return null;
        var from = now - RateWindow;
        var recent = finished.Count(when => when >= from);
        var first = finished.Min();
        var minutes = (now - (first > from ? first : from)).TotalMinutes;
        return recent == 0 || minutes <= 0 ? null : recent / minutes;
    }

    /// <summary>A run that needs attention.</summary>
    /// <param name="Folder">Its folder, with log.txt.</param>
    /// <param name="LogEnd">The last lines of its log when it failed.</param>
    public sealed record TroubledRun(int Line, string Name, string Folder, RunState State, string Message, string LogEnd);

    /// <summary>Where a run stands.</summary>
    public enum RunState
    {
        /// <summary>Nobody has it, and nothing keeps it from being run.</summary>
        Waiting,

        /// <summary>It needs a run that is not done.</summary>
        Held,

        /// <summary>A worker has it.</summary>
        Running,

        /// <summary>Its worker's heart has stopped; the next worker that passes takes it over.</summary>
        Stalled,

        Done,

        /// <summary>It failed for good; see its failure.json, or sweep retry.</summary>
        Failed,
    }
}
