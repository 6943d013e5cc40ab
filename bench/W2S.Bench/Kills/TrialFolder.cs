using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using W2S.Experiments;

namespace W2S.Bench;

/// <summary>A folder in which a study's commands are run, and what they left in it: times, logs and pages that show them apart.</summary>
internal sealed partial class TrialFolder(string path)
{
    private static readonly string[] OfTheirTime =
    [
        "log.txt", "metrics.jsonl", "report.html", "manifest.json", "lease", "results.csv", "result.json", "failure.json",
        "sweep.json",
    ];

    public string Path => path;

    /// <summary>Files that the commands read, and what comes before them.</summary>
    /// <exception cref="InvalidOperationException">A command before them failed.</exception>
    public void Prepare(TrialStudy study)
    {
        Directory.CreateDirectory(path);
        foreach (var (name, text) in TrialStudies.Files) File.WriteAllText(System.IO.Path.Combine(path, name), text);
        foreach (var command in study.Prepare)
        {
            using var process = Start(command);
            if (process.End() is (not 0, var error)) throw new InvalidOperationException($"{command} failed: {error}");
        }
    }

    public void Delete() => Directory.Delete(path, recursive: true);

    /// <summary>Starts a command of the program.</summary>
    public TrialProcess Start(string command, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(Repository.Built("W2S"), command.Split(' '))
        {
            WorkingDirectory = path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["W2S_DATA"] = path;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new TrialProcess(Process.Start(start)!);
    }

    /// <summary>The SHA-256 of what is left in its out/, by file.</summary>
    public IReadOnlyDictionary<string, string> Sums()
    {
        var left = System.IO.Path.Combine(path, "out");
        if (!Directory.Exists(left)) return new Dictionary<string, string>();
        return Directory.GetFiles(left, "*", SearchOption.AllDirectories)
            .Where(file => !OfTheirTime.Contains(System.IO.Path.GetFileName(file)) && !IsOfItsTime().IsMatch(file))
            .ToDictionary(file => System.IO.Path.GetRelativePath(left, file), Sum);
    }

    /// <summary>In words, where the end of a disturbed study is not that of an undisturbed one.</summary>
    public static IEnumerable<string> Differences(
        IReadOnlyDictionary<string, string> undisturbed, IReadOnlyDictionary<string, string> disturbed)
    {
        foreach (var file in undisturbed.Keys.Union(disturbed.Keys))
        {
            if (!disturbed.TryGetValue(file, out var found)) yield return $"{file} is lost";
            else if (!undisturbed.TryGetValue(file, out var expected)) yield return $"{file} is there, and not undisturbed";
            else if (found != expected) yield return $"{file} is not the same";
        }
    }

    private static string Sum(string file)
    {
        var isSummary = System.IO.Path.GetFileName(file) == SummaryFile.FileName;
        var bytes = isSummary ? Encoding.UTF8.GetBytes(Seconds().Replace(File.ReadAllText(file), "")) : File.ReadAllBytes(file);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>
    /// What a sweep collects has the seconds of each run; locks, and what becomes a lease by a link, may stay behind where nothing could
    /// be deleted, and hold nobody up.
    /// </summary>
    [GeneratedRegex(@"results-\w+\.csv$|\.lock$|lease\.[0-9a-f]{32}$")]
    private static partial Regex IsOfItsTime();

    [GeneratedRegex("\"seconds\": [^,\n]*")]
    private static partial Regex Seconds();
}

/// <summary>A command at work, whose output is read while it runs.</summary>
internal sealed class TrialProcess(Process process) : IDisposable
{
    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync(), _errors = process.StandardError.ReadToEndAsync();

    /// <summary>Kills it where it does not end within this time; true where that met it.</summary>
    public bool Kill(TimeSpan after)
    {
        if (process.WaitForExit(after)) return false;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return process.ExitCode != 0;
    }

    /// <summary>Waits for its end: its exit code, and what it wrote to standard error.</summary>
    public (int ExitCode, string Errors) End()
    {
        process.WaitForExit();
        _ = _output.Result;
        return (process.ExitCode, _errors.Result.Trim());
    }

    public void Dispose() => process.Dispose();
}
