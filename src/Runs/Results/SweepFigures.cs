namespace W2S.Runs.Results;

/// <summary>
/// The pictures of a sweep of studies: gain and misfit along each axis of the grid, and gain against misfit point by point.
/// </summary>
internal static class SweepFigures
{
    private const int MostSeries = 8;
    private const int MostMatrices = 24;

    private static readonly (string Measure, string Name)[] Shown = [("gain", "gain"), ("misfit", "misfit")];
    private static readonly (string Measure, string Title)[] Crossed = [("median_gap_recovered", "PGR"), ("gain_over_misfit", "Gain / misfit")];

    /// <summary>HTML; empty where no run measured a gain.</summary>
    public static string Write(SweepLabels labels, IReadOnlyList<SweepPoint> points)
    {
        var runs = points.SelectMany(point => point.Runs).ToList();
        if (!runs.Any(run => run.Measures.GetValueOrDefault("gain") != null)) return "";
        var axes = Enumerable.Range(0, labels.Headers.Count)
            .Where(axis => points.Select(point => point.Labels[axis]).Distinct().Count() > 1).ToList();
        var figures = axes
            .Select(axis => Along(axis, labels, points)).Append(Scatter(labels, points, axes)).Select(svg => Html.Figure(svg));
        return $"<section>\n<h2>Gain and misfit</h2>\n<p>{(axes.Count == 0 ? "" : "Along an axis of the grid: the median of all its sound runs, whatever the other axes are, with the middle half as a band. ")}"
            + $"A dot is a run; a cross is a run with a collapsed representation, which counts for neither.</p>\n<div class=\"grid\">\n{string.Concat(figures)}</div>\n</section>\n";
    }

    private static string Along(int axis, SweepLabels labels, IReadOnlyList<SweepPoint> points)
    {
        var places = points
            .GroupBy(point => point.Labels[axis]).OrderBy(place => place.Key, Comparer<string>.Create(SweepPoint.Compare)).ToList();
        return AxisPlot.Draw(
            $"Gain and misfit by {labels.Headers[axis]}", labels.Headers[axis], [.. places.Select(place => Short(place.Key))],
            [.. places.Select(place => SweepPoint.Number(place.Key))],
            [.. Shown.Select(shown => new AxisPlot.Series(shown.Name, [.. places.Select(place => Dots(place, shown.Measure))]))]);
    }

    private static IReadOnlyList<AxisPlot.Dot> Dots(IEnumerable<SweepPoint> points, string measure) =>
    [
        .. from point in points
           from run in point.Runs
           let value = run.Measures.GetValueOrDefault(measure)
           where value != null
           select new AxisPlot.Dot(value.Value, SweepPoint.HasCollapsed(run), run.Planned.Name),
    ];

    /// <summary>A colour for each point; where there are too many, for each value of the first axis.</summary>
    private static string Scatter(SweepLabels labels, IReadOnlyList<SweepPoint> points, IReadOnlyList<int> axes)
    {
        var byPoint = points.Count <= MostSeries;
        var groups = byPoint || axes.Count == 0 ? points.GroupBy(point => point.Name) : points.GroupBy(point => point.Labels[axes[0]]);
        List<ScatterSeries> series =
        [
            .. groups.Take(MostSeries).Select(group => new ScatterSeries(Short(group.Key), Of(group.SelectMany(point => point.Sound))))
                .Where(one => one.Dots.Count > 0),
        ];
        var told = axes.Count == 0
            ? "point of the grid"
            : string.Join(", ", axes.Take(byPoint ? axes.Count : 1).Select(axis => labels.Headers[axis]));
        var collapsed = points.SelectMany(point => point.Runs).Where(SweepPoint.HasCollapsed).ToList();
        var more = groups.Count() > MostSeries ? $"; the first {MostSeries} of {groups.Count()} values" : "";
        return ScatterPlot.Draw(new ScatterFigure
        {
            Title = $"Gain against misfit by {told}",
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

    /// <summary>
    /// Weak against strong representations, where a grid varies both: a matrix of the gap recovered and one of gain / misfit for every
    /// combination of what else is varied, medians over seeds (Burns et al. 2023). Runs with a collapsed representation are left out and
    /// counted.
    /// </summary>
    /// <returns>HTML; empty where the grid does not vary both.</returns>
    public static string Matrices(IReadOnlyList<CollectedRun> runs)
    {
        List<string> paths = [.. runs.SelectMany(run => run.Planned.Varies.Keys).Distinct()];
        var (weak, strong) =
            (paths.Find(path => path.StartsWith("weak.", StringComparison.Ordinal)),
            paths.Find(path => path.StartsWith("strong.", StringComparison.Ordinal)));
        if (weak == null || strong == null) return "";
        List<string> others = [.. paths.Where(path => path != weak && path != strong && path.Split('.')[^1] != "seed")];
        var pairs = runs.Where(run => run.Planned.Varies.ContainsKey(weak) && run.Planned.Varies.ContainsKey(strong)).ToList();
        List<CollectedRun> sound = [.. pairs.Where(run => run.Measures.GetValueOrDefault("collapsed") is not > 0)];
        var groups =
            sound.GroupBy(run =>
            string.Join(", ", others.Select(path => $"{path.Split('.')[^1]} {run.Planned.Varies.GetValueOrDefault(path, "")}")))
            .ToList();
        var figures = groups.Take(MostMatrices)
            .SelectMany(group => Crossed.Select(shown => Html.Figure(Matrix(shown, group.Key, [.. group], weak, strong))));
        var more = groups.Count > MostMatrices ? $" The first {MostMatrices} of {groups.Count} combinations." : "";
        return $"<section>\n<h2>Weak against strong</h2>\n<p>Medians over seeds; rows are {Html.Text(weak)}, columns {Html.Text(strong)}. "
            + $"{pairs.Count - sound.Count} of {Counted.Of(pairs.Count, "run")}, those with a collapsed representation, are left out.{more}</p>\n<div class=\"grid\">\n{string.Concat(figures)}</div>\n</section>\n";
    }

    private static string Matrix((string Measure, string Title) shown, string subtitle, IReadOnlyList<CollectedRun> runs,
        string weak, string strong)
    {
        string[] rows = [.. runs.Select(run => run.Planned.Varies[weak]).Distinct()],
            columns = [.. runs.Select(run => run.Planned.Varies[strong]).Distinct()];
        var values = new double[rows.Length, columns.Length];
        for (var row = 0; row < rows.Length; row++)
            for (var column = 0; column < columns.Length; column++)
                values[row, column] =
                    Spread.Of(runs.Where(run => run.Planned.Varies[weak] == rows[row] && run.Planned.Varies[strong] == columns[column])
                    .Select(run => run.Measures.GetValueOrDefault(shown.Measure)))?.Median ?? double.NaN;
        return HeatMap.Draw(shown.Title, subtitle, strong, [.. rows.Select(Path.GetFileName).OfType<string>()],
            [.. columns.Select(Path.GetFileName).OfType<string>()], values, middle: 0);
    }
}
