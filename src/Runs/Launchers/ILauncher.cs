namespace W2S.Runs.Launchers;

/// <summary>
/// Gets the runs of a plan to workers: processes on this machine, or jobs of a cluster. A launcher knows nothing of what
/// a run is. It starts the built program with the words of <see cref="Request.Words"/> and looks at nothing but its exit
/// code, which is 0 when all runs that it was given are done, 75 when it was stopped and has saved (start the same words
/// again), 1 when a run failed for good, and 2 when the call was wrong. However often, and on however many machines at
/// once, the same words are started: every run is done once, because leases keep workers apart and finished runs are skipped.
/// </summary>
/// <remarks>
/// A launcher is three things: an options record (plain, with descriptions and ranges; it is the section of its name in
/// the sweep's file, and --set partition=gpu overlays it), this class, and one line in <see cref="LauncherKind"/>.
/// </remarks>
public interface ILauncher
{
    /// <summary>Starts what is pending, or hands it to the cluster and returns.</summary>
    /// <exception cref="UserErrorException">
    /// It cannot be launched: no sbatch, a rejected submission (with the scheduler's own words).
    /// </exception>
    /// <exception cref="StoppedException">Asked to stop while it waited for its workers; they have saved.</exception>
    Result Launch(Request request, RunServices run);

    /// <summary>What is to be launched.</summary>
    /// <param name="Folder">The sweep's folder, as a full path: workers on other machines find it there too.</param>
    /// <param name="Name">Of the sweep, for job names: letters, digits, - and _.</param>
    /// <param name="Levels">
    /// What is pending, level by level: runs of a level need only runs of the levels before it. Levels without pending runs
    /// are left out. A worker waits for what its runs need, so levels save waiting and are not needed for correctness.
    /// </param>
    /// <param name="Program">The built program as words to start it with: "/usr/bin/dotnet", "/…/W2S.dll".</param>
    /// <param name="MaxMinutes">Stop each worker after so long, to be started again; null: no limit.</param>
    public sealed record Request(
        string Folder, string Name, IReadOnlyList<SweepPlan.Level> Levels, IReadOnlyList<string> Program, double? MaxMinutes)
    {
        /// <summary>
        /// The command by which every launcher has runs run. Three ways to say which:
        /// <code>
        /// sweep work DIR --lines 12-15          these lines of plan.jsonl (one run, or a packed group)
        /// sweep work DIR --tasks FILE           line N of a file of line lists, N from --task, else from SLURM_ARRAY_TASK_ID or
        ///                                       JOB_COMPLETION_INDEX, counted from 0 (see <see cref="TaskFile"/>)
        /// sweep work DIR                        every pending run
        /// </code>
        /// SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 make it save and exit with 75, and so does --max-minutes. It runs its lines one
        /// after another (--parallel N: N at once), first waits for what they need, and skips what is finished.
        /// </summary>
        /// <param name="taskFile">Null: all that is pending.</param>
        internal IReadOnlyList<string> Words(string? taskFile = null) =>
        [
            .. Program, "sweep", "work", Folder,
            .. taskFile == null ? [] : new[] { "--tasks", taskFile },
            .. MaxMinutes is { } minutes ? ["--max-minutes", minutes.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        ];
    }

    /// <summary>What became of it.</summary>
    /// <param name="IsFinished">Whether the workers have ended (local); false where jobs were handed to a cluster.</param>
    /// <param name="Jobs">The cluster's job ids or the files written, one a line of output; empty for local.</param>
    /// <param name="Next">What to do now, for people: "Watch it with squeue; sweep status DIR shows the runs."</param>
    public sealed record Result(bool IsFinished, IReadOnlyList<string> Jobs, string Next);
}
