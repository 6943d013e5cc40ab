using System.Text.RegularExpressions;

namespace W2S.Runs;

/// <summary>What the sweep commands do.</summary>
internal static partial class Sweep
{
    /// <summary>Launches what is pending.</summary>
    /// <param name="settings">The launcher's options from the command line; they win over its section of the sweep's file.</param>
    /// <param name="program">The built program, as words to start it with.</param>
    /// <param name="maxMinutes">For each worker; null: no limit.</param>
    /// <exception cref="StoppedException">Asked to stop; everything is saved.</exception>
    /// <exception cref="UserErrorException">
    /// There is no plan, no such launcher, one of its options is wrong, or it cannot launch.
    /// </exception>
    public static ILauncher.Result Launch(
        string path, string launcher, IReadOnlyList<ConfigurationLayer> settings, IReadOnlyList<string> program, double? maxMinutes,
        RunServices run)
    {
        var kind = LauncherKind.Find(launcher);
        var plan = SweepPlan.Load(path);
        var section = SweepFile.Section(plan.Folder.StudyFile, launcher);
        var created = kind.Create([.. section == null ? [] : new[] { section }, .. settings]);
        RequireWritable(plan.Folder);
        var levels = plan.Pending();
        return levels.Count == 0
            ? new ILauncher.Result(true, [], "")
            : created.Launch(new ILauncher.Request(plan.Folder.Path, NameOf(plan.Folder), levels, program, maxMinutes), run);
    }

    /// <summary>Lets failed runs be tried again, and starts their count anew; what they saved stays.</summary>
    /// <param name="lines">Which; null: all that failed for good.</param>
    /// <returns>The runs that may be tried again.</returns>
    public static IReadOnlyList<PlannedRun> Retry(SweepPlan plan, IReadOnlyList<int>? lines)
    {
        var chosen = lines == null ? plan.Runs : Choose(plan, lines, "--lines");
        List<PlannedRun> retried = [.. chosen.Where(run => !PlannedRun.Result.Exists(plan.Folder.Run(run.Identity))
            && PlannedRun.Failure.Read(plan.Folder.Run(run.Identity)) is { } failure && (lines != null || failure.IsFinal(plan.Options)))];
        foreach (var run in retried) PlannedRun.Failure.Delete(plan.Folder.Run(run.Identity));
        return retried;
    }

    /// <summary>Removes what a sweep no longer needs. Runs that a worker has are left alone, and so is every result.</summary>
    /// <param name="logs">Also the logs of finished runs.</param>
    public static (int Files, long Bytes, int ForeignRuns) Clean(SweepPlan plan, bool logs)
    {
        var (files, bytes, foreign) = (0, 0L, 0);
        var known = plan.Runs.Select(run => run.Identity).ToHashSet();
        foreach (var shard in Directory.Exists(plan.Folder.Runs) ? Directory.EnumerateDirectories(plan.Folder.Runs).ToList() : [])
        {
            foreach (var folder in Directory.EnumerateDirectories(shard).ToList())
            {
                if (HeartbeatLease.StateOf(folder) == HeartbeatLease.State.Held) continue;
                var identity = Path.GetFileName(folder);
                if (!known.Contains(identity))
                {
                    foreign++;
                    Remove(folder);
                }
                else if (PlannedRun.Result.Exists(folder))
                {
                    foreach (var inner in Directory.EnumerateDirectories(folder).ToList()) Remove(inner);
                    foreach (var file in Directory.EnumerateFiles(folder).Where(file => IsSpare(Path.GetFileName(file))).ToList())
                        RemoveFile(file);
                }
            }
            if (!Directory.EnumerateFileSystemEntries(shard).Any()) Directory.Delete(shard);
        }
        return (files, bytes, foreign);

        bool IsSpare(string name) =>
            name.StartsWith(HeartbeatLease.FileName, StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal)
            || name == PlannedRun.Failure.FileName || (logs && name == SweepWorker.Execution.Log.FileName);

        void Remove(string folder)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList()) RemoveFile(file);
            Directory.Delete(folder, recursive: true);
        }

        void RemoveFile(string path)
        {
            files++;
            bytes += new FileInfo(path).Length;
            File.Delete(path);
        }
    }

    /// <summary>The runs of these lines.</summary>
    /// <exception cref="UserErrorException">The plan has no such line.</exception>
    public static IReadOnlyList<PlannedRun> Choose(SweepPlan plan, IReadOnlyList<int> lines, string source)
    {
        if (lines.Count > 0 && lines[^1] > plan.Runs.Count)
            throw new UserErrorException(
                $"{source}: {plan.Folder.PlanFile} has {Counted.Of(plan.Runs.Count, "line")}, and no line {lines[^1]}.");
        return [.. lines.Select(line => plan.Runs[line - 1])];
    }

    /// <summary>The sweep's name for jobs: its folder's, with nothing in it that a scheduler refuses.</summary>
    private static string NameOf(SweepFolder folder) =>
        Strange().Replace(Path.GetFileName(folder.Path), "-") is { Length: > 0 } name ? name : "sweep";

    /// <summary>Says at once what each worker would say.</summary>
    private static void RequireWritable(SweepFolder folder) => folder.Write(() =>
    {
        var probe = Path.Combine(folder.Runs, $"writable.{Environment.ProcessId}");
        Directory.CreateDirectory(folder.Runs);
        using var file = new FileStream(
            probe, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
    }, "Make it writable, or plan into another folder.");

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex Strange();
}
