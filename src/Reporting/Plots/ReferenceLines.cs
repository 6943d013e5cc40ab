using W2S.Experiments;

namespace W2S.Reporting.Plots;

/// <summary>The lines of a scatter plot: y = x, y = −x, the fit with its interval, and the small legend that names them.</summary>
internal static class ReferenceLines
{
    internal static void Draw(Svg svg, PlotFrame frame, ScatterFigure figure)
    {
        // Two axes of equal length share one scale: a slope in values is the same slope on the page.
        var entries = new List<(string Text, string Colour, string Dashes)>();
        svg.Open("svg", ("x", frame.Left), ("y", frame.Top), ("width", frame.Side), ("height", frame.Side));
        if (frame.YAxis.High > 0) DrawLine(1, "y = x", Palette.Muted, "5 4");
        if (figure.Mirror && frame.YAxis.Low < 0) DrawLine(-1, "y = −x", Palette.Muted, "1.5 3");
        if (figure.SlopeInterval is { } interval && double.IsFinite(interval.Low) && double.IsFinite(interval.High)) DrawWedge(interval.Low, interval.High);
        if (figure.Slope is { } slope && double.IsFinite(slope)) DrawLine(slope, FitName(slope, figure.SlopeInterval), Palette.Fit, "none");
        svg.Close();
        DrawLegend(svg, frame, entries, atTop: !(figure.Slope < 0));

        void DrawLine(double slope, string name, string colour, string dashes)
        {
            var (fromX, fromY) = Point(frame, slope, -1);
            var (toX, toY) = Point(frame, slope, 1);
            svg.Line(fromX, fromY, toX, toY, ("stroke", colour), ("stroke-width", 1.5), ("stroke-dasharray", dashes));
            entries.Add((name, colour, dashes));
        }

        void DrawWedge(double low, double high)
        {
            var points = new[] { Point(frame, low, 0), Point(frame, low, 1), Point(frame, high, 1) };
            var text = string.Join(' ', points.Select(point => $"{Svg.Number(point.X)},{Svg.Number(point.Y)}"));
            svg.Element("polygon", ("points", text), ("fill", Palette.Fit), ("fill-opacity", 0.18));
        }
    }

    /// <summary>
    /// The point on the line through the origin in this direction (−1, 0, 1), far outside of the frame, which clips it: any
    /// slope, however steep, gives ordinary coordinates. Relative to the frame's corner.
    /// </summary>
    private static (double X, double Y) Point(PlotFrame frame, double slope, int direction)
    {
        var far = direction * 3 * frame.Side / double.Hypot(1, slope);
        return (frame.X(0) - frame.Left + far, frame.Y(0) - frame.Top - far * slope);
    }

    private static string FitName(double slope, (double Low, double High)? interval)
    {
        var range = interval is { } bounds ? $" [{NumberText.Ratio(bounds.Low)}, {NumberText.Ratio(bounds.High)}]" : "";
        return $"slope {NumberText.Ratio(slope)}{range}".Replace('-', '−');
    }

    private static void DrawLegend(Svg svg, PlotFrame frame, List<(string Text, string Colour, string Dashes)> entries, bool atTop)
    {
        if (entries.Count == 0) return;
        const double line = 16;
        var left = frame.Left + 12;
        var top = atTop ? frame.Top + 8 : frame.Bottom - 8 - line * entries.Count;
        svg.Open("g", ("font-size", 11), ("paint-order", "stroke"), ("stroke", Palette.Card), ("stroke-width", 3), ("stroke-linejoin", "round"));
        for (var index = 0; index < entries.Count; index++)
        {
            var (text, colour, dashes) = entries[index];
            var middle = top + line * (index + 0.5);
            svg.Line(left, middle, left + 24, middle, ("stroke", colour), ("stroke-width", 1.5), ("stroke-dasharray", dashes));
            svg.Text(left + 30, middle + 4, text);
        }
        svg.Close();
    }
}
