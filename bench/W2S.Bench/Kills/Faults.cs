using System.Globalization;
using System.Text.RegularExpressions;

namespace W2S.Bench;

/// <summary>
/// Lets one write after another of a study fail as on a full disk, on a disk that has room again the moment after, and on one that
/// has become read-only; sets the clock forward and back by an hour; and starts a study twice at once. Whatever befalls it, a command
/// says what happened, and the same command afterwards ends in the bits of the undisturbed study. Linux with gcc.
/// </summary>
internal static partial class Faults
{
    /// <summary>As many trials as there are kinds of writes: each of them fails once.</summary>
    public const int EachKind = 0;

    /// <summary>Studies with a jumping clock, and pairs of writers.</summary>
    private const int Others = 3;

    private const int TrialsALine = 25;

    private const int NoSpace = 28, ReadOnly = 30; // ENOSPC, EROFS

    private static readonly (string Name, int Number, bool Once)[] Ways =
        [("full", NoSpace, false), ("full once", NoSpace, true), ("read-only", ReadOnly, false)];

    /// <param name="times">
    /// Writes that fail, one of each kind (<see cref="Write.Kind"/>) before others; the ways of failing take turns.
    /// </param>
    /// <param name="seed">Moves the ways on by one, and every third one which write of a kind comes first.</param>
    public static TrialResult Run(TrialStudy study, int times, long seed)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-fault-").FullName;
        try
        {
            var (library, count, list) = (Compiled(folder), Path.Combine(folder, "count"), Path.Combine(folder, "list"));
            var (problems, trials) = (new List<string>(), 0);
            var (place, prepared) = (new TrialFolder(Path.Combine(folder, "study")), Path.Combine(folder, "prepared"));
            place.Prepare(study);
            Directory.Move(place.Path, prepared);
            Begin();
            foreach (var command in study.Commands)
            {
                using var process = place.Start(command, [.. Fault(at: 0, ReadOnly, once: false), ("W2S_FAULT_LIST", list)]);
                if (process.End() is (not 0 and var code, var errors))
                    throw new InvalidOperationException($"{command} ended with {code}: {errors}");
            }
            var (undisturbed, writes) = (place.Sums(), File.ReadLines(list).Select(line => Write.Parse(line, place.Path)).ToList());
            var failing = Ordered(writes, times, seed);
            foreach (var (write, turn) in failing.Select((write, turn) => (write, turn)))
            {
                var (name, number, once) = Ways[(turn + seed) % Ways.Length];
                Try($"{name} at write {write.At} of {writes.Count}, {write.Call} {write.Path}", Fault(write.At, number, once));
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
                if (++trials % TrialsALine == 0)
                    Console.Error.WriteLine($"{study.Name}: {trials} of {failing.Count + 2 * Others}, {problems.Count} problems");
            }

            void Note(string problem)
            {
                problems.Add(problem);
                Console.Error.WriteLine($"{study.Name}: {problem}");
            }

            (string, string)[] Fault(long at, int number, bool once) =>
            [
                ("LD_PRELOAD", library), ("W2S_FAULT_BELOW", place.Path), ("W2S_FAULT_COUNT", count),
                ("W2S_FAULT_AT", at.ToString(CultureInfo.InvariantCulture)), 
                ("W2S_FAULT_ERRNO", number.ToString(CultureInfo.InvariantCulture)), ("W2S_FAULT_ONCE", once ? "1" : "0"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One of each kind and then the others, both so that wherever it is broken off they were from everywhere.</summary>
    private static IReadOnlyList<Write> Ordered(IReadOnlyList<Write> writes, int times, long seed)
    {
        var kinds = writes.GroupBy(write => write.Kind).ToList();
        var first = kinds.Select(kind => kind.ElementAt((int)(seed / Ways.Length % kind.Count()))).ToList();
        return [.. Spread(first).Concat(Spread([.. writes.Except(first)])).Take(times == EachKind ? kinds.Count : times)];
    }

    /// <summary>By multiples of the golden ratio, whose fractions lie evenly however many there are.</summary>
    private static IEnumerable<Write> Spread(IReadOnlyList<Write> writes) =>
        Enumerable.Range(0, writes.Count).OrderBy(place => place * 0.6180339887498949 % 1).Select(place => writes[place]);

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

    /// <summary>A change of the disk in the undisturbed study.</summary>
    /// <param name="At">Its place among all, from 1.</param>
    private sealed partial record Write(long At, string Call, string Path)
    {
        /// <summary>What is called on which file, numbers and digests in its name aside.</summary>
        public string Kind => $"{Call} {Numbers().Replace(Path, "#")}";

        public static Write Parse(string line, string folder) => line.Split(' ', 3) is [var at, var call, var path]
            ? new Write(long.Parse(at, CultureInfo.InvariantCulture), call, path.Replace($"{folder}/", ""))
            : throw new InvalidDataException($"'{line}' is not a number, a call and a path.");

        [GeneratedRegex("[0-9a-f]{8,}|[0-9]+")]
        private static partial Regex Numbers();
    }
}
