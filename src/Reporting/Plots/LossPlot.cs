namespace W2S.Reporting.Plots;

/// <summary>Training loss against epochs on a logarithmic scale, a line for each job.</summary>
internal static class LossPlot
{
    private const double Width = 396, PlotHeight = 220;

    /// <summary>A whole SVG file.</summary>
    public static string Draw(string title, IReadOnlyList<Curve> curves)
    {
        var points = curves.SelectMany(curve => curve.Drawn).ToArray();
        var x = NiceAxis.Covering(0, points.Select(point => point.Epoch).Append(0).Max());
        var y = points.Length == 0 ? new Axis.Log(0.1, 1) : new Axis.Log(points.Min(point => point.Loss), points.Max(point => point.Loss));
        var hasLegend = curves.Count > 1;
        return PlotFrame.Document(
            title, curves.Count == 1 ? Summary(curves[0]) : "", Describe(curves), (x, "epochs"), (y, "training loss"), Width, PlotHeight,
            PlotFrame.LegendHeight(hasLegend ? curves.Count : 0), (svg, frame) =>
        {
            if (points.Length == 0)
                svg.Text(frame.Centre.X, frame.Centre.Y, "no losses were logged", ("text-anchor", "middle"), ("fill", Palette.Muted));
            for (var index = 0; index < curves.Count; index++)
            {
                DrawCurve(svg, frame, curves[index], index);
                if (hasLegend) DrawLegend(svg, frame, curves[index], index);
            }
        });
    }

    private static void DrawCurve(Svg svg, PlotFrame frame, Curve curve, int series)
    {
        var points = curve.Drawn.ToArray();
        if (points.Length == 0) return;
        svg.Element(
            "polyline", ("points", frame.Path(points)), ("fill", "none"), ("stroke", Palette.Series(series)), ("stroke-width", 1.5),
            ("stroke-dasharray", Palette.Dashes(series)));
        var (epoch, loss) = points[^1];
        svg.Open("g", ("fill", Palette.Series(series)));
        svg.Mark(series, frame.X(epoch), frame.Y(loss), $"{curve.Job}: {Summary(curve)}");
        svg.Close();
    }

    private static void DrawLegend(Svg svg, PlotFrame frame, Curve curve, int series)
    {
        const double left = 20, key = 28, gap = 8;
        const int letters = (int)((Width - 8 - key - gap) / 6.8);
        var (text, middle) = ($"{curve.Job}: {Summary(curve)}", frame.LegendRow(series));
        svg.Line(
            left, middle, left + key, middle, ("stroke", Palette.Series(series)), ("stroke-width", 1.5),
            ("stroke-dasharray", Palette.Dashes(series)));
        svg.Text(left + key + gap, middle + 4, text.Length <= letters ? text : Svg.Wrap(curve.Job, letters)[0]);
    }

    private static string Summary(Curve curve) =>
        curve.Points.Count == 0
            ? "no losses were logged"
            : $"{NumberText.Measure(curve.Points[^1].Loss)} after {Svg.Number(curve.Points[^1].Epoch)} epochs";

    private static string Describe(IReadOnlyList<Curve> curves) => string.Join(
        " ", curves.Select(curve => $"{curve.Job}: {Summary(curve)}.").Prepend("Line plot of training loss against epochs."));

    /// <summary>How the training loss of one job went: a mean loss for each log point, by epochs.</summary>
    public sealed record Curve(string Job, IReadOnlyList<(double Epoch, double Loss)> Points)
    {
        /// <summary>What the job fits; null where nobody said.</summary>
        public MetricSource? Source { get; init; }

        /// <summary>A logarithmic axis has no place for zero or less, and none has one for what is not finite.</summary>
        internal IEnumerable<(double Epoch, double Loss)> Drawn =>
            Points.Where(point => double.IsFinite(point.Loss) && point.Loss > 1e-300);

        /// <summary>The curves that a run's metrics.jsonl holds.</summary>
        /// <param name="folder">The run's folder.</param>
        /// <param name="isMeant">Which metrics; null: all.</param>
        /// <returns>One for each job, in the order in which they first logged.</returns>
        internal static IReadOnlyList<Curve> Read(string folder, Func<Metric, bool>? isMeant = null) =>
        [
            .. JsonlMetricSink.Read(Path.Combine(folder, MetricFiles.JsonLines))
                .Where(metric => metric.Values.ContainsKey("loss") && isMeant?.Invoke(metric) != false)
                .GroupBy(metric => (metric.Job, metric.Source?.Id))
                .Select(job => new Curve(
                    job.Key.Job, [.. job.OrderBy(metric => metric.Step).Select(metric => (metric.Epoch, metric.Values["loss"]))])
                {
                    Source = job.First().Source,
                }),
        ];
    }
}
