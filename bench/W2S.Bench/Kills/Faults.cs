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

    private const int TrialsALine = 25;

    private const int NoSpace = 28, ReadOnly = 30; // ENOSPC, EROFS

    private static readonly (string Name, int Number, bool Once)[] Kinds =
        [("full", NoSpace, false), ("full once", NoSpace, true), ("read-only", ReadOnly, false)];

    /// <param name="times">Writes that fail, spread over all of them; so many or more are all. The kinds of faults take turns.</param>
    /// <param name="seed">Moves the kinds on by one, and every third one the writes: with 0, 1 and 2 each write fails in each way.</param>
    public static TrialResult Run(TrialStudy study, int times, long seed)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-fault-").FullName;
        try
        {
            var (library, count, problems, trials) = (Compiled(folder), Path.Combine(folder, "count"), new List<string>(), 0);
            var (place, prepared) = (new TrialFolder(Path.Combine(folder, "study")), Path.Combine(folder, "prepared"));
            place.Prepare(study);
            Directory.Move(place.Path, prepared);
            Begin();
            foreach (var command in study.Commands)
            {
                using var process = place.Start(command, Fault(at: 0, ReadOnly, once: false));
                if (process.End() is (not 0 and var code, var errors))
                    throw new InvalidOperationException($"{command} ended with {code}: {errors}");
            }
            var (undisturbed, writes) = (place.Sums(), BitConverter.ToInt64(File.ReadAllBytes(count)));
            times = (int)Math.Min(times, writes);
            foreach (var time in Spread(times))
            {
                var (name, number, once) = Kinds[(time + seed) % Kinds.Length];
                var at = 1 + (writes * time / times + seed / Kinds.Length) % writes;
                Try($"{name} at write {at} of {writes}", Fault(at, number, once));
            }
            for (var time = 0; time < Others; time++) Try("a jumping clock", [("LD_PRELOAD", library), ("W2S_CLOCK_JUMPS", "1")]);
            for (var time = 0; time < Others; time++) TryTwice(TimeSpan.FromMilliseconds(400 * time));
            return new TrialResult(trials, trials, undisturbed.Count, problems);

            void Try(string fault, (string, string)[] environment)
            {
                Begin();
                var hasLostMetrics = false;
                foreach (var command in study.Commands)
                {
                    using var process = place.Start(command, environment);
                    var (code, errors) = process.End();
                    hasLostMetrics |= errors.Contains("gets no more metrics");
                    if (code == 0) continue;
                    if (Untold(code, errors, place.Path) is { } problem) Note($"{fault}, {command}: {problem}");
                    if (study.Pardon is { } pardon) using (var pardoned = place.Start(pardon)) pardoned.End();
                    using var again = place.Start(command);
                    if (again.End() is (not 0 and var second, var still))
                        Note($"{fault}, {command}, once more ends with {second}: {still}");
                    environment = []; // The rest is not disturbed any more.
                }
                // What a warning said is lost, the curve of losses does not show.
                Compare(fault, difference => !(hasLostMetrics && difference.Contains("loss.svg")));
            }

            void TryTwice(TimeSpan apart)
            {
                Begin();
                var fault = $"two writers, {apart.TotalMilliseconds} ms apart";
                foreach (var command in study.Commands)
                {
                    using var first = place.Start(command);
                    Thread.Sleep(apart);
                    using var second = place.Start(command);
                    (int Code, string Errors)[] ends = [first.End(), second.End()];
                    if (ends.All(end => end.Code != 0)) Note($"{fault}, {command}: both fail: {ends[0].Errors}; {ends[1].Errors}");
                    foreach (var (code, errors) in ends.Where(end => end.Code is not (0 or 2) || IsUnexpected(end.Errors)))
                        Note($"{fault}, {command} ends with {code}: {errors}");
                }
                Compare(fault, _ => true);
            }

            void Begin()
            {
                if (Directory.Exists(place.Path)) place.Delete();
                ChildProcess.Output("cp", "-r", prepared, place.Path);
                File.WriteAllBytes(count, new byte[sizeof(long)]);
            }

            void Compare(string fault, Func<string, bool> counts)
            {
                foreach (var difference in TrialFolder.Differences(undisturbed, place.Sums()).Where(counts)) Note($"{fault}: {difference}");
                if (++trials % TrialsALine == 0) Console.Error.WriteLine($"{study.Name}: {trials} of {times + 2 * Others}, {problems.Count} problems");
            }

            void Note(string problem)
            {
                problems.Add(problem);
                Console.Error.WriteLine($"{study.Name}: {problem}");
            }

            (string, string)[] Fault(long at, int number, bool once) =>
            [
                ("LD_PRELOAD", library), ("W2S_FAULT_BELOW", place.Path), ("W2S_FAULT_COUNT", count),
                ("W2S_FAULT_AT", at.ToString(CultureInfo.InvariantCulture)), ("W2S_FAULT_ERRNO", number.ToString(CultureInfo.InvariantCulture)), ("W2S_FAULT_ONCE", once ? "1" : "0"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The numbers below the count, so that wherever it is broken off they were from everywhere: by the golden ratio.</summary>
    private static IEnumerable<int> Spread(int count) => Enumerable.Range(0, count).OrderBy(number => number * 0.6180339887498949 % 1);

    /// <summary>What is wrong with how a failed command ended; null: it said where and why.</summary>
    private static string? Untold(int code, string errors, string folder) =>
        code is not (1 or 2) || IsUnexpected(errors) ? $"ends with {code}: {errors}"
        : errors.Contains(folder) || errors.Contains("out/") ? null : $"names no path: {errors}";

    private static bool IsUnexpected(string errors) => errors.Contains("should not happen") || errors.Contains("   at ");

    /// <summary>The library that fails in the place of the system.</summary>
    private static string Compiled(string folder)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Faults are made by a preloaded library, on Linux alone.");
        var library = Path.Combine(folder, "faults.so");
        var source = Path.Combine(Repository.Root, "bench", "W2S.Bench", "Kills", "faults.c");
        ChildProcess.Output("gcc", "-shared", "-fPIC", "-O1", "-o", library, source);
        return library;
    }
}
