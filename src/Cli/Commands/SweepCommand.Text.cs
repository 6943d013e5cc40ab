using System.Text;

namespace W2S.Cli;

// How sweeps are shown to people.
internal sealed partial class SweepCommand
{
    private const int MostTroubled = 5;
    private const int LogLines = 5;

    private static string TextOf(SweepPlan plan, int added)
    {
        var text = new StringBuilder($"{Counted.Of(plan.Runs.Count, "run")} in {plan.Folder.PlanFile}");
        text.Append(added == plan.Runs.Count ? "\n" : $", {added} of them new\n");
        foreach (var level in plan.Runs.GroupBy(run => (run.Level, run.Kind)).OrderBy(group => group.Key.Level))
            text.Append($"  level {level.Key.Level}: {level.Count()} {level.Key.Kind}\n");
        return text.ToString();
    }

    /// <summary>What sweep run would start: how many runs of each kind are left, and how long those took that are done.</summary>
    private static string Foreseen(SweepPlan plan, int width)
    {
        var pending = plan.Pending().SelectMany(level => level.Lines).ToHashSet();
        var seconds = SweepCollection.Read(plan).Runs
            .GroupBy(run => run.Planned.Kind).ToDictionary(kind => kind.Key, kind => kind.Average(run => run.Seconds));
        var levels = plan.Runs.GroupBy(run => (run.Level, run.Kind)).OrderBy(group => group.Key.Level).ToList();
        var text = new StringBuilder(TableText.Write(new TextTable(["level", "kind", "planned", "to run", "seconds each"],
        [
            .. levels.Select(level => (string[])
            [
                $"{level.Key.Level}", level.Key.Kind, $"{level.Count()}", $"{level.Count(run => pending.Contains(run.Line))}",
                seconds.TryGetValue(level.Key.Kind, out var each) ? NumberText.Measure(each) : NumberText.Nothing,
            ]),
        ]), width));
        var isKnown = levels.All(level => seconds.ContainsKey(level.Key.Kind));
        var work = levels.Sum(level => level.Count(run => pending.Contains(run.Line)) * seconds.GetValueOrDefault(level.Key.Kind));
        text.Append($"\n{Counted.Of(pending.Count, "run")} to do").Append(isKnown
            ? $": {NumberText.Duration(work)} of one worker, by those that are done.\n"
            : "; how long one takes is not known before one of its kind is done.\n");
        return text.Append($"A dry run: nothing was started. Results go to {plan.Folder.Path}\n").ToString();
    }

    /// <param name="width">Columns of the terminal: tables stay within, and so do lines of logs.</param>
    internal static string TextOf(SweepStatus status, string folder, int width)
    {
        var text = new StringBuilder(TableText.Write(new TextTable(
            ["planned", "waiting", "held", "running", "done", "failed", "stalled"],
            [[$"{status.Planned}", $"{status.Waiting}", $"{status.Held}", $"{status.Running}", $"{status.Done}", $"{status.Failed}",
                $"{status.Stalled}"]]), width));
        if (status.Held > 0)
            text.Append($"{status.Held} are held back until what they need is done")
                .Append(status.HeldWithHope == status.Held ? ".\n"
                    : $"; {status.Held - status.HeldWithHope} of them need a run that failed.\n");
        if (!status.IsOver && status.RunsPerMinute is { } rate)
            text.Append($"{NumberText.Measure(rate)} runs a minute, ")
                .Append(status.MinutesLeft is { } left ? $"{NumberText.Duration(left * 60)} left.\n" : "time left unknown.\n");
        foreach (var run in status.Troubled.Take(MostTroubled))
        {
            text.Append($"\nline {run.Line}, {run.Name}, {(run.State == SweepStatus.RunState.Failed ? "failed" : "stalled")}: "
                + $"{run.Message}\n  {run.Folder}\n");
            foreach (var line in run.LogEnd.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LogLines))
                text.Append($"  | {Clipped(line.TrimEnd(), width - 4)}\n");
        }
        if (status.Troubled.Count > MostTroubled)
            text.Append($"\n… and {status.Troubled.Count - MostTroubled} more; --json has them all.\n");
        if (status.Failed > 0) text.Append($"\nTry the failed ones again with {Program} sweep retry {folder}\n");
        return text.ToString();
    }

    private static string Clipped(string line, int width) => line.Length <= width ? line : line[..(width - 1)] + "…";
}
