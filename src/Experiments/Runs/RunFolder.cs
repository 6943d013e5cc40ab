using Serilog;

namespace W2S.Experiments;

/// <summary>
/// A run's folder: one resolved configuration, held by one process at a time. It has `config.yaml`, `log.txt`,
/// `metrics.jsonl` and what was asked for beside it, and what the run writes. Opening it again with the same configuration continues the
/// run.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    internal const string ConfigurationFile = "config.yaml";
    private readonly RunLease _lease;
    private readonly Serilog.Core.Logger _log;
    private readonly MetricFiles _metrics;

    private RunFolder(string path, RunLease lease, RunServices run)
    {
        (Path, _lease) = (path, lease);
        // The file has more than people are told: what was trained and what was found.
        _log = new LoggerConfiguration()
            .MinimumLevel.Debug()
            .WriteTo.Logger(run.Log)
            .WriteTo.File(System.IO.Path.Combine(path, "log.txt"), formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        _metrics = new MetricFiles(path, run.Formats, run.Metrics, _log);
        Services = run with { Log = _log, Metrics = _metrics, Formats = MetricFormats.None };
    }

    public string Path { get; }

    /// <summary>The host's services, with this folder's log and metrics added.</summary>
    public RunServices Services { get; }

    /// <summary>Takes the folder for a run with this configuration.</summary>
    /// <param name="configuration">The resolved configuration as YAML; kept in `config.yaml`.</param>
    /// <param name="force">Delete an earlier run in the folder first.</param>
    /// <exception cref="UserErrorException">
    /// Another process holds it, it belongs to a run with other settings, or it cannot be written.
    /// </exception>
    public static RunFolder Open(string path, string configuration, bool force, RunServices run)
    {
        var lease = RunLease.Acquire(path, run.Time);
        try
        {
            var file = System.IO.Path.Combine(path, ConfigurationFile);
            if (force) Clear(path, file);
            if (!File.Exists(file)) AtomicFile.WriteAllText(file, configuration);
            else if (File.ReadAllText(file) is var earlier && Difference(earlier, configuration) is { } difference)
                throw new UserErrorException(
                    $"{path} holds a run {difference}. Give another --out, or --force to delete that run and start anew.");
            return new RunFolder(path, lease, run);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>The resolved configuration in a run's folder, as YAML.</summary>
    /// <exception cref="UserErrorException">It has none.</exception>
    public static string ReadConfiguration(string path)
    {
        var file = System.IO.Path.Combine(path, ConfigurationFile);
        return File.Exists(file) ? File.ReadAllText(file) : throw new UserErrorException($"There is no {file}: name the folder of a run.");
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _log.Dispose();
        _lease.Dispose();
    }

    /// <summary>
    /// The first line that differs, in words; null where none does. Threads do not count, because results do not depend on
    /// them, nor does where files lie: their sums have lines of their own.
    /// </summary>
    private static string? Difference(string earlier, string now)
    {
        var (before, after) = (Lines(earlier), Lines(now));
        for (var line = 0; line < Math.Max(before.Length, after.Length); line++)
        {
            var (there, here) = (before.ElementAtOrDefault(line), after.ElementAtOrDefault(line));
            if (there == here) continue;
            var compared = $"\"{there?.Trim() ?? "nothing"}\" there, \"{here?.Trim() ?? "nothing"}\" now";
            return KeyOf(here)?.EndsWith("digests", StringComparison.Ordinal) == true
                ? $"on other files, which have been changed since ({compared})"
                : $"with other settings: {compared}";
        }
        return null;

        static string[] Lines(string text) => [.. text.Split('\n').Where(line => KeyOf(line) is not ("threads" or "from"))];

        static string? KeyOf(string? line) => line?.Split(':')[0].Trim();
    }

    /// <summary>Deletes everything in the folder but the lease; only in a folder that a run made.</summary>
    private static void Clear(string path, string configurationFile)
    {
        var entries = Directory.EnumerateFileSystemEntries(path)
            .Where(entry => System.IO.Path.GetFileName(entry) != RunLease.LockFile).ToList();
        if (entries.Count == 0) return;
        if (!File.Exists(configurationFile))
            throw new UserErrorException(
                $"--force would delete {path}, but no run made that folder (it has no config.yaml). Give another --out.");
        foreach (var entry in entries)
        {
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        }
    }
}
