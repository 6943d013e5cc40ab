namespace W2S.Runs.Results;

/// <summary>
/// What tells the rows of a table apart: of studies what the grid varied, seeds and splits left out; of the parts that they share,
/// for which the grid says nothing, whichever of their resolved settings differ. Means must not mix unlike runs.
/// </summary>
/// <param name="Headers">Names of the settings; "run" where nothing but seeds and splits differs.</param>
/// <param name="Of">The cells of a run.</param>
internal sealed record SweepLabels(IReadOnlyList<string> Headers, Func<PlannedRun, IReadOnlyList<string>> Of)
{
    private const string Seed = "seed";

    /// <summary>What differs between runs of one row: "seeds", "splits" or "seeds and splits".</summary>
    public string Chance { get; private init; } = "seeds";

    /// <param name="runs">All of one kind.</param>
    public static SweepLabels For(IReadOnlyList<PlannedRun> runs)
    {
        var paths = runs.SelectMany(run => run.Varies.Keys).Distinct().ToList();
        var chance = !paths.Any(IsSplit) ? "seeds" : paths.Any(IsSeed) ? "seeds, splits averaged" : "splits";
        return By(runs, [.. paths.Where(path => !IsSeed(path) && !IsSplit(path))]) with { Chance = chance };
    }

    /// <summary>What a run's seeds are, whatever its split is.</summary>
    public static string SeedsOf(PlannedRun run) =>
        string.Join(' ', run.Varies.Where(setting => IsSeed(setting.Key)).Select(setting => setting.Value));

    /// <summary>Seed and split of a run, as the grid set them: "seed 3, splits 122"; empty where it set none.</summary>
    public static string ChanceOf(PlannedRun run) =>
        string.Join(
            ", ",
            run.Varies.Where(setting => IsSeed(setting.Key) || IsSplit(setting.Key)).Select(setting => $"{setting.Key} {setting.Value}"));

    private static SweepLabels By(IReadOnlyList<PlannedRun> runs, IReadOnlyList<string> varied)
    {
        if (varied.Count > 0) return new SweepLabels(varied, run => [.. varied.Select(path => run.Varies.GetValueOrDefault(path, ""))]);
        var differing = runs.Any(run => run.Varies.Count > 0) ? [] : Differing(runs);
        if (differing.Count == 0) return new SweepLabels(["run"], run => [run.Varies.Keys.Any(IsSplit) ? "all" : WithoutSeed(run.Name)]);
        return new SweepLabels(Shortened(differing), run =>
        {
            var leaves = Leaves(run.Settings);
            return [.. differing.Select(path => leaves.GetValueOrDefault(path, ""))];
        });
    }

    /// <summary>An encoder has one of its own: "weak.pretrained.seed".</summary>
    private static bool IsSeed(string path) => path.Split('.')[^1] == Seed;

    private static bool IsSplit(string path) => path is "splits" or "random_splits";

    /// <summary>Settings that are not the same in all runs, seeds left out.</summary>
    private static List<string> Differing(IReadOnlyList<PlannedRun> runs)
    {
        var first = Leaves(runs[0].Settings);
        var differing = new OrderedDictionary<string, bool>();
        foreach (var leaves in runs.Skip(1).Select(run => Leaves(run.Settings)))
        {
            foreach (var path in first.Keys.Union(leaves.Keys))
                if (first.GetValueOrDefault(path) != leaves.GetValueOrDefault(path)) differing[path] = true;
        }
        return [.. differing.Keys.Where(path => !IsSeed(path))];
    }

    /// <summary>"pretraining.samples" → "2000", for every setting.</summary>
    private static Dictionary<string, string> Leaves(JsonElement settings)
    {
        var leaves = new Dictionary<string, string>();
        Add(settings, "");
        return leaves;

        void Add(JsonElement value, string path)
        {
            if (value.ValueKind != JsonValueKind.Object) leaves[path] = value.ToString();
            else foreach (
                var property in value.EnumerateObject()) Add(property.Value, path == "" ? property.Name : $"{path}.{property.Name}");
        }
    }

    /// <summary>Without the groups that all paths stand in.</summary>
    private static IReadOnlyList<string> Shortened(IReadOnlyList<string> paths)
    {
        var split = paths.Select(path => path.Split('.')).ToList();
        var common = 0;
        while (split.All(parts => parts.Length > common + 1 && parts[common] == split[0][common])) common++;
        return [.. split.Select(parts => string.Join('.', parts.Skip(common)))];
    }

    private static string WithoutSeed(string name) =>
        name.LastIndexOf("-seed", StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;
}
