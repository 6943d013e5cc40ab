namespace W2S.Runs.Results;

/// <summary>
/// What the finished runs of one kind come to, point by point of the grid: medians with quartiles, and means with intervals. What differs
/// between the runs of a point is chance: seeds, and splits of a table.
/// </summary>
internal sealed class SweepSummary
{
    private const string Collapse = "collapsed";

    /// <summary>What fits a screen; the report has all measures.</summary>
    private static readonly string[] Main = ["weak_error", "student_error", "strong_error", "misfit", "gain", "gain_over_misfit"];

    /// <param name="runs">At least one, all of one kind.</param>
    public SweepSummary(IReadOnlyList<Run> runs)
    {
        (Runs, Labels) = (runs, SweepLabels.For([.. runs.Select(run => run.Planned)]));
        Points =
        [
            .. runs.GroupBy(run => string.Join('\u001f', Labels.Of(run.Planned)))
                .Select(group => new Point(Labels.Of(group.First().Planned), [.. group]))
                .Order(Comparer<Point>.Create((one, other) => Compare(one.Labels, other.Labels))),
        ];
        Measures =
            [.. Points.SelectMany(point => point.Runs.SelectMany(run => run.Measures.Keys)).Distinct().Where(name => name != Collapse)];
    }

    public string Kind => Runs[0].Planned.Kind;

    public IReadOnlyList<Run> Runs { get; }

    public SweepLabels Labels { get; }

    /// <summary>Ordered by their labels: numbers as numbers.</summary>
    public IReadOnlyList<Point> Points { get; }

    /// <summary>The measures that any run has, in the order of the first; whether something collapsed is none of them.</summary>
    public IReadOnlyList<string> Measures { get; }

    /// <summary>Medians and quartiles of the main measures; of all, where a kind of run has none of these.</summary>
    public (string Title, TextTable Table) Short() => Write(
        "medians [quartiles]", Measures.Intersect(Main).ToList() is { Count: > 0 } main ? main : Measures,
        (point, measure) => [Median(point.Over(measure))], ["{0}"]);

    /// <summary>Medians with quartiles beside means with intervals, of all measures.</summary>
    public (string Title, TextTable Table) Full() => Write(
        "medians [quartiles], and means ± half of the 95 % interval", Measures,
        (point, measure) => [Median(point.Over(measure)), Mean(point.Over(measure))], ["{0}: median", "mean"]);

    private (string Title, TextTable Table) Write(
        string what, IReadOnlyList<string> measures, Func<Point, string, IEnumerable<string>> cells, IReadOnlyList<string> headers)
    {
        var hasCollapsed = Points.Any(point => point.Sound.Count < point.Runs.Count);
        string[] Collapsed(string cell) => hasCollapsed ? [cell] : [];
        return ($"{Kind}: {what} over {Labels.Chance}", new TextTable(
            [
                .. Labels.Headers, "runs", .. Collapsed("collapsed"),
                .. measures.SelectMany(measure => headers.Select(header => string.Format(header, measure))),
            ],
            [
                .. Points.Select(point => (string[])
                [
                    .. point.Labels, $"{point.Runs.Count}", .. Collapsed($"{point.Runs.Count - point.Sound.Count}"),
                    .. measures.SelectMany(measure => cells(point, measure)),
                ]),
            ]));
    }

    private static string Median(Spread? spread) => spread == null ? NumberText.Nothing
        : spread.Minimum == spread.Maximum ? NumberText.Measure(spread.Median)
        : SummaryTable.Quartiles(spread, NumberText.Measure);

    private static string Mean(Spread? spread) => spread == null ? NumberText.Nothing
        : spread.Minimum == spread.Maximum ? NumberText.Measure(spread.Mean)
        : spread.ToString();

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

    /// <summary>A finished run with what it found.</summary>
    internal sealed record Run(PlannedRun Planned, IReadOnlyDictionary<string, double?> Measures, double Seconds)
    {
        /// <summary>Null where it has no such measure, or it is undefined.</summary>
        public double? this[string measure] => Measures.GetValueOrDefault(measure);

        /// <summary>Whether one of its representations has collapsed.</summary>
        public bool HasCollapsed => this[Collapse] > 0;
    }

    /// <summary>The runs of one point of the grid.</summary>
    /// <param name="Labels">What tells the point from others; see <see cref="SweepLabels"/>.</param>
    internal sealed record Point(IReadOnlyList<string> Labels, IReadOnlyList<Run> Runs)
    {
        /// <summary>Runs whose representations are sound; the others count for no summary.</summary>
        public IReadOnlyList<Run> Sound { get; } = [.. Runs.Where(run => !run.HasCollapsed)];

        /// <summary>"2, exact", for legends.</summary>
        public string Name => string.Join(", ", Labels);

        /// <summary>
        /// How a measure spreads over the sound runs: over seeds, splits averaged, or over splits where there is one seed.
        /// </summary>
        public Spread? Over(string measure)
        {
            var seeds = Sound.GroupBy(run => SweepLabels.SeedsOf(run.Planned)).ToList();
            return Spread.Of(seeds.Count == 1
                ? Sound.Select(run => run[measure])
                : seeds.Select(seed => Spread.Of(seed.Select(run => run[measure]))?.Mean));
        }
    }
}
