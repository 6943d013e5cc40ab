using System.Globalization;

namespace W2S.Bench;

/// <summary>
/// Lets one write after another of a study fail as on a full disk, on a disk that has room again the moment after, and on one that
/// has become read-only; sets the clock forward and back by an hour; and starts a study twice at once. Whatever befalls it, a command
/// says what happened, and the same command afterwards ends in the bits of the undisturbed study. Linux with gcc.
/// </summary>
internal static class Faults
{
    /// <summary>Studies with a jumping clock, and pairs of writers.</summary>
    private const int Others = 3;

    private static readonly (string Name, int Number, bool Once)[] Kinds = [("full", NoSpace, false), ("full once", NoSpace, true), ("read-only", ReadOnly, false)];
    private const int NoSpace = 28, ReadOnly = 30; // ENOSPC, EROFS

    /// <param name="times">Writes that fail, spread over all of them; the kinds of faults take turns.</param>
    /// <param name="seed">Moves the moments.</param>
    public static TrialResult Run(TrialStudy study, int times, long seed)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-fault-").FullName;
        try
        {
            var (library, count, problems, trials) = (Compiled(folder), Path.Combine(folder, "count"), new List<string>(), 0);
            var prepared = new TrialFolder(Path.Combine(folder, "prepared")).Prepare(study);
            var calm = Copy("undisturbed");
            File.WriteAllBytes(count, new byte[sizeof(long)]);
            foreach (var command in study.Commands) Require(calm, command, Faulty(calm, at: 0, ReadOnly, once: false));
            var (undisturbed, writes) = (calm.Sums(), BitConverter.ToInt64(File.ReadAllBytes(count)));
            for (var time = 0; time < times; time++)
            {
                var (name, number, once) = Kinds[time % Kinds.Length];
                var at = 1 + (writes * time + seed) / times % writes;
                Try($"{name} at write {at} of {writes}", at, number, once);
            }
            for (var time = 0; time < Others; time++) Try("a jumping clock", at: 0, ReadOnly, once: false, ("W2S_CLOCK_JUMPS", "1"));
            for (var time = 0; time < Others; time++) TryTwice(TimeSpan.FromMilliseconds(400 * time));
            return new TrialResult(trials, trials, undisturbed.Count, problems);

            void Try(string fault, long at, int number, bool once, params (string, string)[] more)
            {
                var disturbed = Copy($"disturbed-{trials++}");
                File.WriteAllBytes(count, new byte[sizeof(long)]);
                foreach (var command in study.Commands)
                {
                    using var process = disturbed.Start(command, [.. Faulty(disturbed, at, number, once), .. more]);
                    var (code, errors) = process.End();
                    if (code == 0) continue;
                    if (Untold(code, errors, disturbed) is { } problem) problems.Add($"{fault}, {command}: {problem}");
                    using var again = disturbed.Start(command);
                    if (again.End() is (not 0 and var second, var still)) problems.Add($"{fault}, {command}, once more ends with {second}: {still}");
                    at = 0; // The rest is not disturbed any more.
                }
                Compare(fault, disturbed);
            }

            void TryTwice(TimeSpan apart)
            {
                var disturbed = Copy($"disturbed-{trials++}");
                foreach (var command in study.Commands)
                {
                    using var first = disturbed.Start(command);
                    Thread.Sleep(apart);
                    using var second = disturbed.Start(command);
                    var ends = new[] { first.End(), second.End() };
                    if (ends.All(end => end.ExitCode != 0)) problems.Add($"two writers, {command}: both fail: {ends[0].Errors}; {ends[1].Errors}");
                    foreach (var (_, errors) in ends.Where(end => end.ExitCode is not (0 or 2) || IsUnexpected(end.Errors))) problems.Add($"two writers, {command}: {errors}");
                }
                Compare($"two writers, {apart.TotalMilliseconds} ms apart", disturbed);
            }

            void Compare(string fault, TrialFolder disturbed)
            {
                problems.AddRange(TrialFolder.Differences(undisturbed, disturbed.Sums()).Select(difference => $"{fault}: {difference}"));
                Directory.Delete(disturbed.Path, recursive: true);
            }

            TrialFolder Copy(string name)
            {
                ChildProcess.Output("cp", "-r", prepared.Path, Path.Combine(folder, name));
                return new TrialFolder(Path.Combine(folder, name));
            }

            (string, string)[] Faulty(TrialFolder of, long at, int number, bool once) =>
            [
                ("LD_PRELOAD", library), ("W2S_FAULT_BELOW", of.Path), ("W2S_FAULT_COUNT", count), ("W2S_FAULT_AT", at.ToString(CultureInfo.InvariantCulture)),
                ("W2S_FAULT_ERRNO", number.ToString(CultureInfo.InvariantCulture)), ("W2S_FAULT_ONCE", once ? "1" : "0"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What is wrong with how a failed command ended; null: it said where and why.</summary>
    private static string? Untold(int code, string errors, TrialFolder folder) =>
        code is not (1 or 2) ? $"ends with {code}: {errors}"
        : IsUnexpected(errors) ? errors
        : !errors.Contains(folder.Path) && !errors.Contains("out") ? $"names no path: {errors}"
        : null;

    private static bool IsUnexpected(string errors) => errors.Contains("should not happen") || errors.Contains("   at ");

    private static void Require(TrialFolder folder, string command, (string, string)[] environment)
    {
        using var process = folder.Start(command, environment);
        if (process.End() is (not 0 and var code, var errors)) throw new InvalidOperationException($"{command} ended with {code}: {errors}");
    }

    /// <summary>The library that fails in the place of the system.</summary>
    private static string Compiled(string folder)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Faults are made by a preloaded library, on Linux alone.");
        var library = Path.Combine(folder, "faults.so");
        ChildProcess.Output("gcc", "-shared", "-fPIC", "-O1", "-o", library, Path.Combine(Repository.Root, "bench", "W2S.Bench", "Kills", "faults.c"));
        return library;
    }
}
