namespace W2S.Reporting.Plots;

/// <summary>The lines of a scatter plot: y = x, y = −x, the fit with its interval, and the small legend that names them.</summary>
internal static class ReferenceLines
{
    private const double LineHeight = 16, Inset = 8, KeyWidth = 24;

    internal static void Draw(Svg svg, PlotFrame frame, ScatterFigure figure)
    {
        var entries = new List<(string Text, string Colour, string Dashes)>();
        svg.Open("svg", ("x", frame.Left), ("y", frame.Top), ("width", frame.Width), ("height", frame.Height));
        if (frame.YAxis.High > 0) DrawLine(1, "y = x", Palette.Muted, "5 4");
        if (figure.Mirror && frame.YAxis.Low < 0) DrawLine(-1, "y = −x", Palette.Muted, "1.5 3");
        if (figure.SlopeInterval is { } interval && double.IsFinite(interval.Low) && double.IsFinite(interval.High))
            DrawWedge(interval.Low, interval.High);
        if (figure.Slope is { } slope && double.IsFinite(slope))
            DrawLine(slope, figure.SlopeInterval == null ? "slope" : "slope, 95 %", Palette.Fit, "none");
        svg.Close();
        DrawLegend(svg, frame, figure, entries);

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
        var onPage = frame.OnPage(slope);
        var far = direction * 3 * (frame.Width + frame.Height) / double.Hypot(1, onPage);
        return (frame.X(0) - frame.Left + far, frame.Y(0) - frame.Top - far * onPage);
    }

    /// <summary>In the corner with the fewest dots; of several, where the lines of such a figure do not go.</summary>
    private static void DrawLegend(
        Svg svg, PlotFrame frame, ScatterFigure figure, List<(string Text, string Colour, string Dashes)> entries)
    {
        if (entries.Count == 0) return;
        var (width, height) = (KeyWidth + 16 + entries.Max(entry => TextLines.WidthOf(entry.Text, 11)), LineHeight * entries.Count);
        (int Right, int Down)[] corners = figure.Slope < 0 ? [(0, 1), (1, 0), (1, 1), (0, 0)] : [(0, 0), (1, 1), (1, 0), (0, 1)];
        var (left, top) = corners.Select(Place).MinBy(DotsAt);
        svg.Element("rect", ("x", left), ("y", top), ("width", width), ("height", height), ("fill", Palette.Card), ("fill-opacity", 0.8));
        svg.Open("g", ("font-size", 11));
        for (var index = 0; index < entries.Count; index++)
        {
            var (text, colour, dashes) = entries[index];
            var middle = top + LineHeight * (index + 0.5);
            svg.Line(left + 4, middle, left + 4 + KeyWidth, middle,
                ("stroke", colour), ("stroke-width", 1.5), ("stroke-dasharray", dashes));
            svg.Text(left + 10 + KeyWidth, middle + 4, text);
        }
        svg.Close();

        (double X, double Y) Place((int Right, int Down) corner) => (
            frame.Left + Inset + corner.Right * (frame.Width - 2 * Inset - width),
            frame.Top + Inset + corner.Down * (frame.Height - 2 * Inset - height));

        int DotsAt((double X, double Y) place) => figure.Drawn.Count(dot =>
            frame.X(dot.Misfit) - place.X is var x && x > 0 && x < width && frame.Y(dot.Gain) - place.Y is var y && y > 0 && y < height);
    }
}
