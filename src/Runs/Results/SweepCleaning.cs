namespace W2S.Runs.Results;

/// <summary>Removes what a sweep no longer needs. Runs that a worker has are left alone, and so is every result.</summary>
internal static class SweepCleaning
{
    /// <param name="logs">Also the logs of finished runs.</param>
    public static Outcome Clean(SweepPlan plan, bool logs)
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
                else if (RunResult.Exists(folder))
                {
                    foreach (var inner in Directory.EnumerateDirectories(folder).ToList()) Remove(inner);
                    foreach (var file in Directory.EnumerateFiles(folder).Where(file => IsSpare(Path.GetFileName(file))).ToList())
                        RemoveFile(file);
                }
            }
            if (!Directory.EnumerateFileSystemEntries(shard).Any()) Directory.Delete(shard);
        }
        return new Outcome(files, bytes, foreign);

        bool IsSpare(string name) =>
            name.StartsWith(HeartbeatLease.FileName, StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal)
                || name == RunFailure.FileName
            || (logs && name == RunLog.FileName);

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

    /// <summary>What cleaning removed.</summary>
    public sealed record Outcome(int Files, long Bytes, int ForeignRuns);
}
