namespace W2S.Runs.Results;

/// <summary>The finished runs of one point of a grid; what differs between them is chance: seeds, and splits of a table.</summary>
/// <param name="Labels">What tells the point from others; see <see cref="SweepLabels"/>.</param>
internal sealed record SweepPoint(IReadOnlyList<string> Labels, IReadOnlyList<CollectedRun> Runs)
{
    private const string Collapse = "collapsed";

    /// <summary>Runs whose representations are sound; the others count for no summary.</summary>
    public IReadOnlyList<CollectedRun> Sound { get; } = [.. Runs.Where(run => !HasCollapsed(run))];

    /// <summary>"2, exact", for legends.</summary>
    public string Name => string.Join(", ", Labels);

    /// <summary>Whether one of a run's representations has collapsed.</summary>
    public static bool HasCollapsed(CollectedRun run) => run.Measures.GetValueOrDefault(Collapse) > 0;

    /// <summary>The points of runs of one kind, ordered by their labels: numbers as numbers.</summary>
    public static IReadOnlyList<SweepPoint> Of(IReadOnlyList<CollectedRun> runs, SweepLabels labels) =>
    [
        .. runs.GroupBy(run => string.Join('\u001f', labels.Of(run.Planned)))
            .Select(group => new SweepPoint(labels.Of(group.First().Planned), [.. group]))
            .Order(Comparer<SweepPoint>.Create((one, other) => Compare(one.Labels, other.Labels))),
    ];

    /// <summary>The measures that any run has, in the order of the first; whether something collapsed is none of them.</summary>
    public static IReadOnlyList<string> Measures(IEnumerable<CollectedRun> runs) =>
        [.. runs.SelectMany(run => run.Measures.Keys).Distinct().Where(measure => measure != Collapse)];

    /// <summary>
    /// How a measure spreads over the sound runs: over seeds, splits averaged, or over splits where there is one seed.
    /// </summary>
    public Spread? Over(string measure) => Spread.Of(Values(measure));

    private IEnumerable<double?> Values(string measure)
    {
        var seeds = Sound.GroupBy(run => SweepLabels.SeedsOf(run.Planned)).ToList();
        return seeds.Count == 1
            ? Sound.Select(run => run.Measures.GetValueOrDefault(measure))
            : seeds.Select(seed => Spread.Of(seed.Select(run => run.Measures.GetValueOrDefault(measure)))?.Mean);
    }

    private static int Compare(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.Zip(other).Select(pair => Compare(pair.First, pair.Second)).FirstOrDefault(order => order != 0);

    /// <summary>Numbers by their size and before texts, which go by their letters.</summary>
    internal static int Compare(string one, string other) => (Number(one), Number(other)) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(one, other),
    };

    internal static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}

/// <summary>A finished run with what it found.</summary>
internal sealed record CollectedRun(
    PlannedRun Planned, IReadOnlyDictionary<string, double?> Measures, double Seconds, DateTimeOffset Finished, string Host);
