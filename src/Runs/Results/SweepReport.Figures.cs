namespace W2S.Runs.Results;

// The pictures of a sweep of studies: gain and misfit along each axis of the grid, and gain against misfit point by point.
internal static partial class SweepReport
{
    private const int MostSeries = 8;
    private const int MostMatrices = 24;

    private static readonly string[] Shown = ["gain", "misfit"];
    private static readonly (string Measure, string Title)[] Crossed =
        [("median_gap_recovered", "PGR"), ("gain_over_misfit", "Gain / misfit")];

    /// <summary>HTML; empty where no run measured a gain.</summary>
    internal static string Figures(SweepSummary summary)
    {
        if (summary.Runs.All(run => run["gain"] == null)) return "";
        var axes = Enumerable.Range(0, summary.Labels.Headers.Count)
            .Where(axis => summary.Points.Select(point => point.Labels[axis]).Distinct().Count() > 1).ToList();
        var figures = axes.Select(axis => Along(axis, summary)).Append(Scatter(summary, axes)).Select(svg => Html.Figure(svg));
        var along = axes.Count == 0 ? "" : "Along an axis of the grid: the median of all its sound runs, whatever the other axes are, "
            + "with the middle half as a band. ";
        return Grid("Gain and misfit", $"{along}A dot is a run; a cross is a run with a collapsed representation, which counts for "
            + "neither.", figures);
    }

    private static string Grid(string heading, string text, IEnumerable<string> figures) =>
        $"<section>\n<h2>{heading}</h2>\n<p>{text}</p>\n<div class=\"grid\">\n{string.Concat(figures)}</div>\n</section>\n";

    private static string Along(int axis, SweepSummary summary)
    {
        var places = summary.Points
            .GroupBy(point => point.Labels[axis]).OrderBy(place => place.Key, Comparer<string>.Create(SweepSummary.Compare)).ToList();
        var header = summary.Labels.Headers[axis];
        return AxisPlot.Draw(
            $"Gain and misfit by {header}", header, [.. places.Select(place => Short(place.Key))],
            [.. places.Select(place => SweepSummary.Number(place.Key))],
            [.. Shown.Select(measure => new AxisPlot.Series(measure, [.. places.Select(place => Dots(place, measure))]))]);
    }

    private static IReadOnlyList<AxisPlot.Dot> Dots(IEnumerable<SweepSummary.Point> points, string measure) =>
    [
        .. from run in points.SelectMany(point => point.Runs)
           where run[measure] != null
           select new AxisPlot.Dot(run[measure]!.Value, run.HasCollapsed, run.Planned.Name),
    ];

    /// <summary>A colour for each point; where there are too many, for each value of the first axis.</summary>
    private static string Scatter(SweepSummary summary, IReadOnlyList<int> axes)
    {
        var points = summary.Points;
        var byPoint = points.Count <= MostSeries;
        var groups = points.GroupBy(point => byPoint || axes.Count == 0 ? point.Name : point.Labels[axes[0]]).ToList();
        List<ScatterFigure.DotSeries> series =
        [
            .. groups.Take(MostSeries)
                .Select(group => new ScatterFigure.DotSeries(Short(group.Key), Of(group.SelectMany(point => point.Sound))))
                .Where(one => one.Dots.Count > 0),
        ];
        var told = axes.Count == 0
            ? "point of the grid"
            : string.Join(", ", axes.Take(byPoint ? axes.Count : 1).Select(axis => summary.Labels.Headers[axis]));
        var collapsed = summary.Runs.Count(run => run.HasCollapsed);
        var more = groups.Count > MostSeries ? $"; the first {MostSeries} of {groups.Count} values" : "";
        return ScatterPlot.Draw(new ScatterFigure
        {
            Title = $"Gain against misfit by {told}",
            Subtitle = $"a dot is a run{more}{(collapsed > 0 ? $"; {collapsed} collapsed not shown" : "")}",
            Series = series,
            Mirror = series.SelectMany(one => one.Dots).Any(dot => dot.Gain < 0),
        });

        static IReadOnlyList<ScatterFigure.Dot> Of(IEnumerable<SweepSummary.Run> runs) =>
        [
            .. from run in runs
               where run["gain"] != null && run["misfit"] != null
               select new ScatterFigure.Dot(run["misfit"]!.Value, run["gain"]!.Value, run.Planned.Name),
        ];
    }

    /// <summary>A folder by its own name, and what fits beside a plot.</summary>
    private static string Short(string label)
    {
        const int longest = 22;
        var name = label.Contains('/') ? Path.GetFileName(label.TrimEnd('/', ']')) : label;
        return name.Length <= longest ? name : $"{name[..(longest / 2)]}…{name[^(longest / 2 - 1)..]}";
    }

    /// <summary>
    /// Weak against strong representations, where a grid varies both: a matrix of the gap recovered and one of gain / misfit for every
    /// combination of what else is varied, medians over seeds (Burns et al. 2023). Runs with a collapsed representation are left out and
    /// counted.
    /// </summary>
    /// <returns>HTML; empty where the grid does not vary both.</returns>
    internal static string Matrices(IReadOnlyList<SweepSummary.Run> runs)
    {
        List<string> paths = [.. runs.SelectMany(run => run.Planned.Varies.Keys).Distinct()];
        if (Varied("weak.") is not { } weak || Varied("strong.") is not { } strong) return "";
        List<string> others = [.. paths.Where(path => path != weak && path != strong && path.Split('.')[^1] != "seed")];
        var pairs = runs.Where(run => run.Planned.Varies.ContainsKey(weak) && run.Planned.Varies.ContainsKey(strong)).ToList();
        var sound = pairs.Where(run => !run.HasCollapsed).ToList();
        var groups = sound.GroupBy(run => string.Join(
            ", ", others.Select(path => $"{path.Split('.')[^1]} {run.Planned.Varies.GetValueOrDefault(path, "")}"))).ToList();
        var figures = groups.Take(MostMatrices)
            .SelectMany(group => Crossed.Select(shown => Html.Figure(Matrix(shown, group.Key, [.. group], weak, strong))));
        var more = groups.Count > MostMatrices ? $" The first {MostMatrices} of {groups.Count} combinations." : "";
        return Grid(
            "Weak against strong", $"Medians over seeds; rows are {Html.Text(weak)}, columns {Html.Text(strong)}. "
            + $"{pairs.Count - sound.Count} of {Counted.Of(pairs.Count, "run")}, those with a collapsed representation, are left "
            + $"out.{more}",
            figures);

        string? Varied(string role) => paths.Find(path => path.StartsWith(role, StringComparison.Ordinal));
    }

    private static string Matrix(
        (string Measure, string Title) shown, string subtitle, IReadOnlyList<SweepSummary.Run> runs, string weak, string strong)
    {
        string[] rows = Values(weak), columns = Values(strong);
        var values = new double[rows.Length, columns.Length];
        for (var row = 0; row < rows.Length; row++)
            for (var column = 0; column < columns.Length; column++)
            {
                var own = runs.Where(run => run.Planned.Varies[weak] == rows[row] && run.Planned.Varies[strong] == columns[column]);
                values[row, column] = Spread.Of(own.Select(run => run[shown.Measure]))?.Median ?? double.NaN;
            }
        return HeatMap.Draw(
            shown.Title, subtitle, strong, [.. rows.Select(Path.GetFileName).OfType<string>()],
            [.. columns.Select(Path.GetFileName).OfType<string>()], values, middle: 0);

        string[] Values(string path) => [.. runs.Select(run => run.Planned.Varies[path]).Distinct()];
    }
}
