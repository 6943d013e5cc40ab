using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using W2S.Data;
using W2S.Experiments;
using W2S.Reporting.Tables;

namespace W2S.Bench;

/// <summary>What became of one study under kills.</summary>
/// <param name="Kills">Times that SIGKILL met it at work.</param>
/// <param name="Ends">Times that it came to its end all the same, and was compared.</param>
/// <param name="Problems">What was not as in the undisturbed one.</param>
internal sealed record KillResult(string Study, int Kills, int Ends, int Files, IReadOnlyList<string> Problems);

/// <summary>
/// Kills studies with SIGKILL at random moments, starts them again until they end, and compares every end, bit by bit, with
/// that of the same study undisturbed. Times, logs and the pages that show them are all that may differ.
/// </summary>
internal static partial class Killing
{
    private static readonly string[] OfTheirTime = ["log.txt", "metrics.jsonl", "report.html", "manifest.json", "run.lock", "lease", "results.csv", "result.json", "failure.json", "sweep.json"];

    /// <param name="times">Kills of each study, at least.</param>
    /// <param name="seed">Of the moments.</param>
    /// <param name="names">Parts of the names of studies; none: all.</param>
    public static IReadOnlyList<KillResult> Run(int times, long seed, IReadOnlyList<string> names, Action<string> say)
    {
        var (data, results) = (DataFolders.Usual(), new List<KillResult>());
        using var mirror = new SlowMirror(data);
        foreach (var study in KillStudies.All.Where(study => names.Count == 0 || names.Any(name => study.Name.Contains(name, StringComparison.OrdinalIgnoreCase))))
        {
            if (study.Data.FirstOrDefault(file => data.Find(file) == null) is { } missing)
            {
                say($"{study.Name}: left out, for {missing} is in no data folder");
                continue;
            }
            var result = Kill(study with { Commands = [.. study.Commands.Select(command => command.Replace(KillStudies.Mirror, mirror.Address.AbsoluteUri))] }, times, seed);
            say($"{study.Name}: {result.Kills} kills, {result.Ends} ends, {result.Problems.Count} problems");
            results.Add(result);
        }
        return results;
    }

    public static void Print(IReadOnlyList<KillResult> results, TextWriter writer)
    {
        writer.Write(new TextTable(
            ["study", "kills", "ends compared", "files of each", "problems"],
            [.. results.Select(result => (IReadOnlyList<string>)[result.Study, $"{result.Kills}", $"{result.Ends}", $"{result.Files}", $"{result.Problems.Count}"])]).ToMarkdown());
        foreach (var problem in results.SelectMany(result => result.Problems.Select(problem => $"{result.Study}: {problem}"))) writer.WriteLine(problem);
    }

    private static KillResult Kill(KillStudy study, int times, long seed)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-kill-").FullName;
        try
        {
            var random = new RandomStream(seed, $"kills of {study.Name}");
            var problems = new List<string>();
            var clock = new Stopwatch();
            var undisturbed = End(study, Path.Combine(folder, "undisturbed"), _ =>
            {
                clock.Start(); // What is prepared before counts for nothing.
                return null;
            }, problems);
            var whole = clock.Elapsed.TotalSeconds;
            var (kills, ends) = (0, 0);
            while (kills < times && problems.Count == 0)
            {
                // Sooner than a command takes, so that some are killed while they start, and all that is saved is continued.
                var end = End(study, Path.Combine(folder, $"killed-{ends}"), killed =>
                {
                    kills += killed;
                    return TimeSpan.FromSeconds(whole / study.Commands.Count * random.NextDouble());
                }, problems);
                ends++;
                problems.AddRange(Differences(undisturbed, end));
                if (problems.Count == 0) Directory.Delete(Path.Combine(folder, $"killed-{ends - 1}"), recursive: true);
            }
            return new KillResult(study.Name, kills, ends, undisturbed.Count, problems);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs the commands to their end, each started again as often as it is killed.</summary>
    /// <param name="patience">How long until the next kill; told whether there was one just now, 1 or 0. Null: none.</param>
    /// <returns>The SHA-256 of what is left, by file.</returns>
    private static IReadOnlyDictionary<string, string> End(KillStudy study, string folder, Func<int, TimeSpan?> patience, List<string> problems)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in KillStudies.Files) File.WriteAllText(Path.Combine(folder, name), text);
        foreach (var command in study.Prepare) Start(command, folder, patience: null, problems);
        foreach (var command in study.Commands)
        {
            var wait = patience(0);
            while (Start(command, folder, wait, problems)) wait = patience(1);
        }
        var left = Path.Combine(folder, "out");
        return Directory.Exists(left)
            ? Directory.GetFiles(left, "*", SearchOption.AllDirectories).Where(IsCompared).ToDictionary(file => Path.GetRelativePath(left, file), Sum)
            : new Dictionary<string, string>();
    }

    /// <summary>Whether it was killed before its end.</summary>
    private static bool Start(string command, string folder, TimeSpan? patience, List<string> problems)
    {
        var start = new ProcessStartInfo(Repository.Built("W2S"), command.Split(' ')) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["W2S_DATA"] = folder;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (patience is { } wait && !process.WaitForExit(wait))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            if (process.ExitCode != 0) return true;
        }
        process.WaitForExit();
        _ = output.Result;
        if (process.ExitCode != 0) problems.Add($"{command} ended with {process.ExitCode}: {errors.Result.Trim()}");
        return false;
    }

    private static bool IsCompared(string file) => !OfTheirTime.Contains(Path.GetFileName(file));

    private static string Sum(string file) => Convert.ToHexStringLower(SHA256.HashData(
        Path.GetFileName(file) == SummaryFile.FileName ? System.Text.Encoding.UTF8.GetBytes(Seconds().Replace(File.ReadAllText(file), "")) : File.ReadAllBytes(file)));

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> undisturbed, IReadOnlyDictionary<string, string> killed) =>
        undisturbed.Keys.Union(killed.Keys).Where(file => undisturbed.GetValueOrDefault(file) != killed.GetValueOrDefault(file))
            .Select(file => $"{file} is {(killed.ContainsKey(file) ? undisturbed.ContainsKey(file) ? "not the same" : "there, and not undisturbed" : "lost")}");

    [GeneratedRegex("\"seconds\": [^,\n]*")]
    private static partial Regex Seconds();
}
