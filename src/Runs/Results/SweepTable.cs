namespace W2S.Runs.Results;

/// <summary>What the points of a grid come to, a row each: medians with quartiles, and means with intervals.</summary>
/// <param name="Labels">How many of the first columns tell rows apart.</param>
internal sealed record SweepTable(string Title, TextTable Table, int Labels)
{
    /// <summary>What fits a screen; the report has all measures.</summary>
    private static readonly string[] Main = ["weak_error", "student_error", "strong_error", "misfit", "gain", "gain_over_misfit"];

    /// <summary>Medians and quartiles of the main measures.</summary>
    public static SweepTable Short(string kind, SweepLabels labels, IReadOnlyList<SweepPoint> points) =>
        Write(
            kind, "medians [quartiles]", labels, points, Measured(points, measure => Main.Contains(measure)),
            (point, measure) => [Median(point, measure)], ["{0}"]);

    /// <summary>Medians with quartiles beside means with intervals, of all measures.</summary>
    public static SweepTable Full(string kind, SweepLabels labels, IReadOnlyList<SweepPoint> points) =>
        Write(
            kind, "medians [quartiles], and means ± half of the 95 % interval", labels, points, Measured(points, _ => true),
            (point, measure) => [Median(point, measure), Mean(point, measure)], ["{0}: median", "mean"]);

    private static SweepTable Write(
        string kind, string what, SweepLabels labels, IReadOnlyList<SweepPoint> points, IReadOnlyList<string> measures,
        Func<SweepPoint, string, IReadOnlyList<string>> cells, IReadOnlyList<string> headers)
    {
        var hasCollapsed = points.Any(point => point.Sound.Count < point.Runs.Count);
        return new SweepTable(
            $"{kind}: {what} over {labels.Chance}",
            new TextTable(
                [.. labels.Headers, "runs", .. hasCollapsed ? new[] { "collapsed" } : [], .. measures.SelectMany(measure => headers.Select(header => string.Format(header, measure)))],
                [
                    .. points.Select(point => (string[])
                    [
                        .. point.Labels, $"{point.Runs.Count}", .. hasCollapsed ? new[] { $"{point.Runs.Count - point.Sound.Count}" } : [],
                        .. measures.SelectMany(measure => cells(point, measure)),
                    ]),
                ]),
            labels.Headers.Count);
    }

    /// <summary>Those meant; all, where a kind of run has none of them.</summary>
    private static IReadOnlyList<string> Measured(IReadOnlyList<SweepPoint> points, Func<string, bool> isMeant)
    {
        var all = SweepPoint.Measures(points.SelectMany(point => point.Runs));
        return all.Any(isMeant) ? [.. all.Where(isMeant)] : all;
    }

    private static string Median(SweepPoint point, string measure) => point.Over(measure) is not { } spread ? NumberText.Nothing
        : spread.Minimum == spread.Maximum ? NumberText.Measure(spread.Median)
        : $"{NumberText.Measure(spread.Median)} [{NumberText.Measure(spread.LowerQuartile)}, {NumberText.Measure(spread.UpperQuartile)}]";

    private static string Mean(SweepPoint point, string measure) => point.Over(measure) is not { } spread ? NumberText.Nothing
        : spread.Minimum == spread.Maximum ? NumberText.Measure(spread.Mean)
        : spread.ToString();
}
