using W2S.Reporting.Plots;

namespace W2S.Bench;

/// <summary>Time against size on logarithmic axes, a small panel for everything that grows; dashed where scaling would be ideal.</summary>
internal static class ScalingPlot
{
    private const double Width = 340, Height = 290, Left = 62, Right = 18, Top = 76, Bottom = 40, Margin = 8;
    private const int PanelsInARow = 3;

    public static string Draw(IReadOnlyList<ScalingAxis> axes)
    {
        var rows = (axes.Count + PanelsInARow - 1) / PanelsInARow;
        const string title = "Time of the fused engine as the study grows";
        return Svg.Document(PanelsInARow * Width + 2 * Margin, rows * Height + 2 * Margin + 30, title, Describe(axes), svg =>
        {
            svg.Text(Margin + 8, 28, title, ("font-size", 14), ("font-weight", "600"));
            svg.Text(
                Margin + 400, 28, "dashed: ideal, from the paper's size (∝ size; width² for representations; 1 / threads)",
                ("fill", Palette.Muted));
            for (var index = 0; index < axes.Count; index++)
                DrawPanel(svg, axes[index], Margin + Width * (index % PanelsInARow), Margin + 30 + Height * (index / PanelsInARow));
        });
    }

    private static void DrawPanel(Svg svg, ScalingAxis axis, double left, double top)
    {
        var points = axis.Series.SelectMany(series => series.Points).ToList();
        var sizes = points.Select(point => point.Size).Distinct().Order().ToList();
        var (least, most) = (Math.Floor(Math.Log10(points.Min(point => point.Seconds))),
            Math.Ceiling(Math.Log10(points.Max(point => point.Seconds))));
        var (plotLeft, plotRight, plotTop, plotBottom) = (left + Left, left + Width - Right, top + Top, top + Height - Bottom);

        svg.Text(left + 8, top + 18, axis.Name, ("font-size", 13), ("font-weight", "600"));
        svg.Open("g", ("stroke", Palette.GridLines));
        for (var decade = least; decade <= most; decade++) svg.Line(plotLeft, Y(Math.Pow(10, decade)), plotRight, Y(Math.Pow(10, decade)));
        svg.Close();
        svg.Open("g", ("text-anchor", "end"), ("font-size", 11), ("fill", Palette.Muted));
        for (var decade = least; decade <= most; decade++) svg.Text(plotLeft - 6, Y(Math.Pow(10, decade)) + 4, Decade((int)decade));
        svg.Close();
        svg.Open("g", ("text-anchor", "middle"), ("font-size", 11), ("fill", Palette.Muted));
        for (var index = 0; index < sizes.Count; index += sizes.Count > 7 ? 2 : 1)
            svg.Text(X(sizes[index]), plotBottom + 16, $"{sizes[index]}");
        svg.Close();
        for (var index = 0; index < axis.Series.Count; index++) DrawSeries(axis.Series[index], index);

        void DrawSeries(ScalingSeries series, int index)
        {
            var ideal = series.Points.Select(point => (point.Size, Seconds: series.Ideal(point.Size)));
            Line(
                [.. ideal.Where(point => Math.Log10(point.Seconds) >= least && Math.Log10(point.Seconds) <= most)],
                Palette.Muted, 1, "4 4");
            Line(series.Points, Palette.Series(index), 1.8, "none");
            svg.Open("g", ("fill", Palette.Series(index)));
            foreach (var (size, seconds) in series.Points) svg.Mark(index, X(size), Y(seconds), $"{size}: {Times.Format(seconds)}");
            svg.Mark(index, left + 16, top + 34 + 16 * index, "");
            svg.Close();
            svg.Text(left + 26, top + 38 + 16 * index, series.Name, ("font-size", 11));
        }

        void Line(IReadOnlyList<(int Size, double Seconds)> line, string colour, double thickness, string dashes) => svg.Element("polyline",
            ("points", string.Join(' ', line.Select(point => $"{Svg.Number(X(point.Size))},{Svg.Number(Y(point.Seconds))}"))),
            ("fill", "none"), ("stroke", colour), ("stroke-width", thickness), ("stroke-dasharray", dashes));

        double X(double size) =>
            plotLeft + 8 + (plotRight - plotLeft - 16)
                * (sizes.Count == 1 ? 0.5 : Math.Log2(size / sizes[0]) / Math.Log2((double)sizes[^1] / sizes[0]));

        double Y(double seconds) => plotBottom - (plotBottom - plotTop) * (Math.Log10(seconds) - least) / (most - least);
    }

    private static string Decade(int exponent) => exponent switch
    {
        >= 0 => $"{Math.Pow(10, exponent)} s",
        >= -3 => $"{Math.Pow(10, exponent + 3)} ms",
        >= -6 => $"{Math.Pow(10, exponent + 6)} µs",
        _ => $"{Math.Pow(10, exponent + 9)} ns",
    };

    private static string Describe(IReadOnlyList<ScalingAxis> axes) => string.Join(' ', axes.SelectMany(axis => axis.Series.Select(series =>
        $"{axis.Name}, {series.Name}: from {Times.Format(series.Points[0].Seconds)} at {series.Points[0].Size} to "
            + $"{Times.Format(series.Points[^1].Seconds)} at {series.Points[^1].Size}.")));
}
