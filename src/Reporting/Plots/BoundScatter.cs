namespace W2S.Reporting.Plots;

/// <summary>
/// A quantity against what bounds it, both on logarithmic axes. The dashed diagonal is where the bound is reached: where the law
/// holds, no dot lies above it.
/// </summary>
internal static class BoundScatter
{
    private const double Width = 396;

    /// <summary>Decades below the greatest gap that are shown; what is smaller lies on the edge.</summary>
    private const double Decades = 4;

    /// <param name="gap">What the vertical axis is.</param>
    /// <param name="bound">What the horizontal axis is.</param>
    /// <param name="series">Dots by kind.</param>
    public static string Draw(string gap, string bound, IReadOnlyList<(string Name, IReadOnlyList<(double Bound, double Gap)> Dots)> series)
    {
        var dots = series.SelectMany(one => one.Dots).ToArray();
        var above = dots.Count(dot => dot.Gap > dot.Bound * (1 + 1e-9) + 1e-12);
        var high = dots.Select(dot => Math.Max(dot.Bound, dot.Gap)).Append(1e-12).Max();
        var lowest = dots.Select(dot => dot.Gap).Append(1e-12).Max() / Math.Pow(10, Decades);
        var (x, y) = (new Axis.Log(Math.Max(lowest, Least(dots.Select(dot => dot.Bound))), high), new Axis.Log(lowest, high));
        var summary = $"{Counted.Of(dots.Length, "dot")}, {(above == 0 ? "none" : $"{above}")} above the bound";
        return PlotFrame.Document(
            $"{gap} against {bound}", summary, $"Scatter plot: {summary}.", (x, bound), (y, "gap"), Width, Width - 120,
            PlotFrame.LegendHeight(series.Count), heading: gap, draw: (svg, frame) =>
        {
            var from = Math.Max(x.Low, y.Low);
            svg.Line(frame.X(from), frame.Y(from), frame.X(x.High), frame.Y(x.High), ("stroke", Palette.Muted), ("stroke-width", 1.5),
                ("stroke-dasharray", "5 4"));
            for (var index = 0; index < series.Count; index++)
            {
                svg.Open("g", ("fill", Palette.Series(index)), ("fill-opacity", 0.5));
                foreach (var dot in series[index].Dots)
                    svg.Mark(index, frame.X(Math.Max(dot.Bound, x.Low)), frame.Y(Math.Max(dot.Gap, y.Low)), "");
                svg.Mark(index, frame.Left + 6, frame.LegendRow(index), "");
                svg.Close();
                svg.Text(frame.Left + 18, frame.LegendRow(index) + 4, series[index].Name);
            }
        });
    }

    private static double Least(IEnumerable<double> values) => values.Where(value => value > 0).DefaultIfEmpty(1e-12).Min();
}
