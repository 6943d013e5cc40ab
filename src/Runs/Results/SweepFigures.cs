using W2S.Experiments;
using W2S.Reporting;
using W2S.Reporting.Plots;

namespace W2S.Runs.Results;

/// <summary>The pictures of a sweep of studies: gain and misfit along each axis of the grid, and gain against misfit point by point.</summary>
internal static class SweepFigures
{
    private const int MostSeries = 8;

    private static readonly (string Measure, string Name)[] Shown = [("gain", "gain"), ("misfit", "misfit")];

    /// <summary>HTML; empty where no run measured a gain.</summary>
    public static string Write(SweepLabels labels, IReadOnlyList<SweepPoint> points)
    {
        var runs = points.SelectMany(point => point.Runs).ToList();
        if (!runs.Any(run => run.Measures.GetValueOrDefault("gain") != null)) return "";
        var axes = Enumerable.Range(0, labels.Headers.Count).Where(axis => points.Select(point => point.Labels[axis]).Distinct().Count() > 1).ToList();
        var figures = axes.Select(axis => Along(axis, labels, points)).Append(Scatter(labels, points, axes)).Select(svg => Html.Figure(svg));
        return $"<section>\n<h2>Gain and misfit</h2>\n<p>{(axes.Count == 0 ? "" : "Along an axis of the grid: the median of all its sound runs, whatever the other axes are, with the middle half as a band. ")}"
            + $"A dot is a run; a cross is a run with a collapsed representation, which counts for neither.</p>\n<div class=\"grid\">\n{string.Concat(figures)}</div>\n</section>\n";
    }

    private static string Along(int axis, SweepLabels labels, IReadOnlyList<SweepPoint> points)
    {
        var places = points.GroupBy(point => point.Labels[axis]).OrderBy(place => place.Key, Comparer<string>.Create(SweepPoint.Compare)).ToList();
        return AxisPlot.Draw(
            $"Gain and misfit by {labels.Headers[axis]}", labels.Headers[axis], [.. places.Select(place => Short(place.Key))],
            [.. places.Select(place => SweepPoint.Number(place.Key))],
            [.. Shown.Select(shown => new AxisSeries(shown.Name, [.. places.Select(place => Dots(place, shown.Measure))]))]);
    }

    private static IReadOnlyList<AxisDot> Dots(IEnumerable<SweepPoint> points, string measure) =>
    [
        .. from point in points
           from run in point.Runs
           let value = run.Measures.GetValueOrDefault(measure)
           where value != null
           select new AxisDot(value.Value, SweepPoint.HasCollapsed(run), run.Planned.Name),
    ];

    /// <summary>A colour for each point; where there are too many, for each value of the first axis.</summary>
    private static string Scatter(SweepLabels labels, IReadOnlyList<SweepPoint> points, IReadOnlyList<int> axes)
    {
        var byPoint = points.Count <= MostSeries;
        var groups = byPoint || axes.Count == 0 ? points.GroupBy(point => point.Name) : points.GroupBy(point => point.Labels[axes[0]]);
        List<ScatterSeries> series = [.. groups.Take(MostSeries).Select(group => new ScatterSeries(Short(group.Key), Of(group.SelectMany(point => point.Sound))))];
        var collapsed = points.SelectMany(point => point.Runs).Where(SweepPoint.HasCollapsed).ToList();
        var more = groups.Count() > MostSeries ? $"; the first {MostSeries} of {groups.Count()} values" : "";
        return ScatterPlot.Draw(new ScatterFigure
        {
            Title = $"Gain against misfit by {(byPoint || axes.Count == 0 ? "point of the grid" : labels.Headers[axes[0]])}",
            Subtitle = $"a dot is a run{more}{(collapsed.Count > 0 ? $"; {collapsed.Count} collapsed not shown" : "")}",
            Series = series,
            Mirror = series.SelectMany(one => one.Dots).Any(dot => dot.Gain < 0),
        });

        static IReadOnlyList<ScatterDot> Of(IEnumerable<CollectedRun> runs) =>
        [
            .. runs.Where(run => run.Measures.GetValueOrDefault("gain") != null && run.Measures.GetValueOrDefault("misfit") != null)
                .Select(run => new ScatterDot(run.Measures["misfit"]!.Value, run.Measures["gain"]!.Value, run.Planned.Name)),
        ];
    }

    /// <summary>A folder by its own name, and what fits beside a plot.</summary>
    private static string Short(string label)
    {
        const int longest = 22;
        var name = label.Contains('/') ? Path.GetFileName(label.TrimEnd('/', ']')) : label;
        return name.Length <= longest ? name : $"{name[..(longest / 2)]}…{name[^(longest / 2 - 1)..]}";
    }
}
