namespace W2S.Runs;

/// <summary>A run on the disk, as a list shows it.</summary>
/// <param name="Kind">
/// "study", "weak", "student", "strong", "evaluation", "representation", "experiments" or "sweep"; "run" while it is unfinished.
/// </param>
/// <param name="State">"done", "unfinished", "12 of 40 runs", or what is wrong with it.</param>
/// <param name="What">Panels, data and seeds.</param>
/// <param name="Gain">Mean over cells and seeds; null where it has none, or several panels.</param>
/// <param name="Misfit">Likewise.</param>
/// <param name="Changed">When its last file was written.</param>
internal sealed record KnownRun(string Folder, string Kind, string State, string What, double? Gain, double? Misfit, DateTimeOffset Changed)
{
    private const int Deepest = 3;

    /// <summary>All below these folders, the newest last.</summary>
    public static IReadOnlyList<KnownRun> Below(IEnumerable<string> roots) =>
        [.. roots.SelectMany(root => FoldersBelow(root)).Distinct().Select(Read).OrderBy(run => run.Changed)];

    private static KnownRun Read(string folder)
    {
        DateTimeOffset changed = new DirectoryInfo(folder).EnumerateFiles().Select(file => file.LastWriteTimeUtc).DefaultIfEmpty().Max();
        var known = new KnownRun(folder, "run", "unfinished", "", null, null, changed);
        var summary = Path.Combine(folder, SummaryFile.FileName);
        try
        {
            if (IsSweep(folder))
            {
                var status = SweepStatus.Of(SweepPlan.Load(folder), TimeProvider.System);
                var all = Counted.Of(status.Planned, "run");
                var state = status.Done == status.Planned ? "done" : $"{status.Done} of {all}";
                return known with { Kind = "sweep", State = state, What = all };
            }
            if (!File.Exists(summary)) return known;
            var format = SummaryFile.KindOf(summary);
            var done = known with { Kind = format.Replace("w2s-", ""), State = "done" };
            return format == SummaryFile.ResultFormat ? done.Of(ResultFile.Read(folder)) : done;
        }
        catch (UserErrorException problem)
        {
            return known with { State = problem.Message };
        }
    }

    private KnownRun Of(Result result)
    {
        var names = result.Panels.Select(panel => panel.Options.IsGaussian ? panel.Name : $"{panel.Name} {panel.Data}").Distinct().ToList();
        long[] seeds = [.. result.Panels.Select(panel => panel.Seed).Distinct().Order()];
        var text = seeds is [var one] ? $"seed {one}" : $"{seeds.Length} seeds";
        var statistics = names.Count == 1 ? result.Panels.Select(panel => panel.Statistics()).ToList() : [];
        return this with
        {
            Kind = result.Stage, What = $"{string.Join(", ", names)}; {text}",
            Gain = Spread.Of(statistics.Select(panel => panel.Gain))?.Mean,
            Misfit = Spread.Of(statistics.Select(panel => panel.Misfit))?.Mean,
        };
    }

    /// <summary>Where commands put runs that are not told otherwise.</summary>
    public static IReadOnlyList<string> UsualRoots { get; } = ["runs", "checkpoints"];

    /// <summary>The folders of runs and sweeps, in the order of their names; what a run keeps inside is not looked at.</summary>
    public static IEnumerable<string> FoldersBelow(string root) => FoldersBelow(root, 0);

    /// <summary>Whether a sweep was planned in the folder.</summary>
    public static bool IsSweep(string folder) => File.Exists(new SweepFolder(folder).ManifestFile);

    private static IEnumerable<string> FoldersBelow(string folder, int depth)
    {
        if (IsRun(folder) || IsSweep(folder)) return [folder];
        return depth == Deepest || !Directory.Exists(folder) ? [] : Inner(folder).SelectMany(inner => FoldersBelow(inner, depth + 1));
    }

    private static bool IsRun(string folder) =>
        File.Exists(Path.Combine(folder, RunFolder.ConfigurationFile)) && File.Exists(Path.Combine(folder, Training.MetricFiles.JsonLines));

    private static IEnumerable<string> Inner(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
