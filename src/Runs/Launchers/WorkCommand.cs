namespace W2S.Runs.Launchers;

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
internal static class WorkCommand
{
    /// <summary>Where a scheduler says which task of its array a process is, the first that is set.</summary>
    public static IReadOnlyList<string> TaskVariables { get; } = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

    /// <summary>Words that follow the program's: the lines that a task file has for the process's task of an array.</summary>
    public static IReadOnlyList<string> ForTask(ILauncher.Request request, string taskFile) =>
        [.. Begin(request), "--tasks", taskFile, .. Limit(request)];

    /// <summary>Words that follow the program's: all that is pending.</summary>
    public static IReadOnlyList<string> ForAll(ILauncher.Request request) => [.. Begin(request), .. Limit(request)];

    private static IEnumerable<string> Begin(ILauncher.Request request) => ["sweep", "work", request.Folder];

    private static IEnumerable<string> Limit(ILauncher.Request request) =>
        request.MaxMinutes is { } minutes ? ["--max-minutes", minutes.ToString(CultureInfo.InvariantCulture)] : [];
}
