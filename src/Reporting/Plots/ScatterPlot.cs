using W2S.Experiments;

namespace W2S.Reporting.Plots;

/// <summary>
/// Gain against misfit, one dot per task. Both axes have the same scale and hold zero, so y = x and y = −x are true
/// diagonals and a dot's distance from the line can be seen for what it is.
/// </summary>
public static class ScatterPlot
{
    private const double LegendWidth = 150;

    /// <summary>A whole SVG file.</summary>
    /// <param name="namedDots">Whether dots name themselves when pointed at, which doubles the file.</param>
    public static string Draw(ScatterFigure figure, bool namedDots = true)
    {
        const double width = 460, margin = 12;
        var legend = figure.Series.Count > 1 ? LegendWidth : 0;
        var titleLines = TextLines.Wrap(figure.Title, TitleLength(width)).Count;
        return Svg.Document(width + legend + 2 * margin, HeightOf(width, titleLines) + 2 * margin, figure.Title, Describe(figure), svg =>
        {
            DrawPanel(svg, figure, margin, margin, width, titleLines, namedDots);
            if (legend > 0) DrawSeriesLegend(svg, figure, margin + width + 4, margin + PlotFrame.TitleHeight(titleLines) + 8);
        });
    }

    internal static double HeightOf(double width, int titleLines) => PlotFrame.HeightOf(width, titleLines);

    /// <summary>How many characters of a title fit on one line.</summary>
    internal static int TitleLength(double width) => (int)((width - 16) / 8.6);

    /// <summary>One panel, of a grid or alone, with its upper left corner at (left, top).</summary>
    internal static void DrawPanel(Svg svg, ScatterFigure figure, double left, double top, double width, int titleLines, bool namedDots)
    {
        var dots = figure.Drawn.ToArray();
        var (x, y) = NiceAxis.Equal(
            dots.Select(dot => dot.Misfit).Append(0).Min(), dots.Select(dot => dot.Misfit).Append(0).Max(),
            dots.Select(dot => dot.Gain).Append(0).Min(), dots.Select(dot => dot.Gain).Append(0).Max());
        var frame = new PlotFrame(left, top, width, titleLines, x, y);

        frame.DrawTitle(svg, TextLines.Wrap(figure.Title, TitleLength(width)), Subtitle(figure));
        frame.DrawAxes(svg, "misfit", "gain");
        ReferenceLines.Draw(svg, frame, figure);
        for (var index = 0; index < figure.Series.Count; index++)
        {
            svg.Open("g", ("fill", figure.Series.Count == 1 ? Palette.Dot : Palette.Series(index)), ("fill-opacity", 0.65));
            foreach (var dot in figure.Series[index].Dots.Where(ScatterFigure.IsDrawn))
                Markers.Draw(svg, figure.Series.Count == 1 ? 0 : index, frame.X(dot.Misfit), frame.Y(dot.Gain), namedDots ? NameOf(dot) : "");
            svg.Close();
        }
        if (dots.Length == 0) svg.Text(frame.Centre.X, frame.Bottom - 12, "no tasks", ("text-anchor", "middle"), ("fill", Palette.Muted));
    }

    internal static string Describe(ScatterFigure figure)
    {
        var slope = figure.Slope is { } value ? $" The line through the origin that fits best has slope {NumberText.Ratio(value)}." : "";
        return $"Scatter plot of gain against misfit, {figure.Drawn.Count()} dots. {figure.Subtitle}".TrimEnd() + slope;
    }

    private static string Subtitle(ScatterFigure figure) =>
        figure.NotDrawn == 0 ? figure.Subtitle : $"{figure.Subtitle} ({figure.NotDrawn} not finite, not shown)".TrimStart();

    private static string NameOf(ScatterDot dot) => $"{dot.Label}: misfit {NumberText.Measure(dot.Misfit)}, gain {NumberText.Measure(dot.Gain)}";

    private static void DrawSeriesLegend(Svg svg, ScatterFigure figure, double left, double top)
    {
        for (var index = 0; index < figure.Series.Count; index++)
        {
            var middle = top + 18 * index;
            svg.Open("g", ("fill", Palette.Series(index)));
            Markers.Draw(svg, index, left + 6, middle, "");
            svg.Close();
            svg.Text(left + 18, middle + 4, figure.Series[index].Name);
        }
    }
}
