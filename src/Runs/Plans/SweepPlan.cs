using System.Collections;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace W2S.Runs.Plans;

/// <summary>The plan of a sweep as it lies in its folder: plan.jsonl, and sweep.json with the hash of it.</summary>
public sealed class SweepPlan
{
    private readonly Lazy<Dictionary<string, int>> _indexes;

    internal SweepPlan(SweepFolder folder, SweepOptions options, IReadOnlyList<PlannedRun> runs, string? plannedIn)
    {
        (Folder, Options, Runs, PlannedIn) = (folder, options, runs, plannedIn);
        _indexes = new(() => Enumerable.Range(0, runs.Count)
            .ToDictionary(index => runs is Lines lines ? lines.IdentityAt(index) : runs[index].Identity));
    }

    /// <summary>Where it lies.</summary>
    public SweepFolder Folder { get; }

    /// <summary>The plain settings of the sweep's file.</summary>
    public SweepOptions Options { get; }

    /// <summary>The working directory in which it was made; null where that is not known.</summary>
    public string? PlannedIn { get; }

    /// <summary>In the order of the file; line N is entry N − 1.</summary>
    public IReadOnlyList<PlannedRun> Runs { get; }

    /// <summary>The run of that identity.</summary>
    public PlannedRun Find(string identity) => Runs[_indexes.Value[identity]];

    /// <summary>The identities of these runs, and of all that need one of them, however indirectly.</summary>
    public IReadOnlySet<string> WithAllThatNeed(IEnumerable<PlannedRun> runs)
    {
        var found = runs.Select(run => run.Identity).ToHashSet();
        if (found.Count == 0) return found;
        // What is needed comes on an earlier level, so one pass finds all.
        foreach (var run in Runs.OrderBy(run => run.Level))
        {
            if (run.After.Any(found.Contains)) found.Add(run.Identity);
        }
        return found;
    }

    /// <summary>All runs that are not done and can be, level by level: neither they nor what they need failed for good.</summary>
    public IReadOnlyList<Level> Pending()
    {
        var (isDone, isFailed) = (new bool[Runs.Count], new bool[Runs.Count]);
        Parallel.For(0, isDone.Length, index =>
        {
            var folder = Folder.Run(Runs[index].Identity);
            isDone[index] = PlannedRun.Result.Exists(folder);
            isFailed[index] = !isDone[index] && PlannedRun.Failure.Read(folder)?.IsFinal(Options) == true;
        });
        var hopeless = WithAllThatNeed(Runs.Where(run => isFailed[run.Line - 1]));
        return
        [
            .. Runs.Where(run => !isDone[run.Line - 1] && !hopeless.Contains(run.Identity))
                .GroupBy(run => run.Level).OrderBy(level => level.Key)
                .Select(level => new Level(level.Key, [.. level.Select(run => run.Line)])),
        ];
    }

    /// <summary>Reads the plan of a sweep's folder.</summary>
    /// <exception cref="UserErrorException">There is none, or it was edited by hand.</exception>
    public static SweepPlan Load(string path)
    {
        var folder = new SweepFolder(path);
        if (!File.Exists(folder.ManifestFile) || !File.Exists(folder.PlanFile))
            throw new UserErrorException($"There is no planned sweep in {path}: make one with sweep plan STUDY.yaml --out {path}.");
        var manifest = Manifest.Read(folder.ManifestFile);
        var bytes = File.ReadAllBytes(folder.PlanFile);
        if (Manifest.HashOf(bytes) != manifest.PlanSha256)
        {
            // The line that was edited says more than the file as a whole, where it gives itself away.
            ReadRuns(folder, bytes);
            throw new UserErrorException(
                $"{folder.PlanFile} was edited after it was planned. Change the study's file and run sweep plan again with --out "
                + $"{path}; it takes additions.");
        }
        return new SweepPlan(folder, manifest.Options, new Lines(bytes, folder.PlanFile), manifest.PlannedIn);
    }

    /// <summary>Writes the plan; the manifest comes last and makes it valid.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    internal void Save(string studyText) => Folder.Write(() =>
    {
        Directory.CreateDirectory(Folder.Path);
        using var plan = new MemoryStream();
        foreach (var run in Runs)
        {
            plan.Write(run.ToJson());
            plan.WriteByte((byte)'\n');
        }
        var bytes = plan.GetBuffer().AsSpan(0, (int)plan.Length);
        // The plan is the first: by it the planner knows the folder for its own, if it is cut off here.
        AtomicFile.WriteAllBytes(Folder.PlanFile, bytes);
        AtomicFile.WriteAllText(Folder.StudyFile, studyText);
        Directory.CreateDirectory(Folder.Runs);
        new Manifest { PlanSha256 = Manifest.HashOf(bytes), Runs = Runs.Count, Options = Options, PlannedIn = PlannedIn }
            .Write(Folder.ManifestFile);
    }, "Make it writable, or give another --out.");

    /// <summary>All lines, each checked against its identity.</summary>
    internal static IReadOnlyList<PlannedRun> ReadRuns(SweepFolder folder, byte[] bytes)
    {
        var lines = Lines.Split(bytes);
        PlannedRun[] runs;
        try
        {
            runs = ParallelEnumerable.Range(0, lines.Count).AsOrdered().Select(Parse).ToArray();
        }
        catch (AggregateException)
        {
            // The first problem is the one told.
            runs = Enumerable.Range(0, lines.Count).Select(Parse).ToArray();
        }
        if (runs.GroupBy(run => run.Identity).FirstOrDefault(twins => twins.Count() > 1) is { } twice)
            throw new UserErrorException(
                $"{folder.PlanFile}: lines {string.Join(" and ", twice.Select(run => run.Line))} are the same run {twice.Key}. Make "
                + "the plan again with sweep plan.");
        return runs;

        PlannedRun Parse(int index) => PlannedRun.Parse(bytes.AsMemory(lines[index]), index + 1, folder.PlanFile, isKnown: false);
    }

    /// <summary>
    /// The lines of a plan.jsonl whose hash is known to be right, each read when it is asked for: a worker that is given one run
    /// of ten thousand must not read them all, or the starts of ten thousand workers would cost a hundred million lines.
    /// </summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">For messages.</param>
    private sealed class Lines(byte[] bytes, string path) : IReadOnlyList<PlannedRun>
    {
        private readonly IReadOnlyList<Range> _lines = Split(bytes);
        private PlannedRun?[]? _read;

        public int Count => _lines.Count;

        /// <summary>Safe from any thread; two that ask at once may read the line twice.</summary>
        public PlannedRun this[int index] =>
            (_read ??= new PlannedRun?[Count])[index] ??= PlannedRun.Parse(bytes.AsMemory(_lines[index]), index + 1, path, isKnown: true);

        /// <summary>The identity of a line, without reading the rest of it.</summary>
        public string IdentityAt(int index) =>
            Encoding.ASCII.GetString(bytes.AsSpan(_lines[index]).Slice(PlannedRun.IdentityStart, PlannedRun.IdentityLength));

        public IEnumerator<PlannedRun> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Where the lines of a plan are, line breaks left out.</summary>
        public static IReadOnlyList<Range> Split(byte[] bytes)
        {
            var lines = new List<Range>();
            for (var start = 0; start < bytes.Length;)
            {
                var length = bytes.AsSpan(start).IndexOf((byte)'\n');
                if (length < 0) length = bytes.Length - start;
                lines.Add(start..(start + length));
                start += length + 1;
            }
            return lines;
        }
    }

    /// <summary>Runs that can run side by side.</summary>
    /// <param name="Number">0 needs nothing.</param>
    /// <param name="Lines">Line numbers in plan.jsonl, from 1, ascending.</param>
    public sealed record Level(int Number, IReadOnlyList<int> Lines);

    /// <summary>sweep.json: what the plan was when it was made.</summary>
    internal sealed record Manifest
    {
        private const string FormatName = "w2s-sweep";

        public string Format { get; init; } = FormatName;
        public int Version { get; init; } = 1;

        /// <summary>Lines of plan.jsonl.</summary>
        public required int Runs { get; init; }

        /// <summary>Of plan.jsonl, so that an edited one is noticed.</summary>
        public required string PlanSha256 { get; init; }

        /// <summary>
        /// The working directory, to which paths in the plan may be relative; null in plans that were made before it was kept.
        /// </summary>
        public string? PlannedIn { get; init; }

        public required SweepOptions Options { get; init; }

        public static string HashOf(ReadOnlySpan<byte> plan) => Convert.ToHexStringLower(SHA256.HashData(plan));

        public void Write(string path) =>
            AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, PlannedRun.Json.Indented.Manifest) + "\n");

        public static Manifest Read(string path) =>
            SummaryFile.Read(path, FormatName, 1, root => root.Deserialize(PlannedRun.Json.Indented.Manifest)!);
    }
}
