namespace W2S.Reporting.Plots;

/// <summary>Several scatter plots in one picture, three in a row: the six panels of the study.</summary>
public static class PanelGrid
{
    private const double CellWidth = 320, Gap = 12;

    /// <exception cref="ArgumentException">There is no figure.</exception>
    public static string Draw(string title, IReadOnlyList<ScatterFigure> figures)
    {
        if (figures.Count == 0) throw new ArgumentException("A grid needs at least one figure.", nameof(figures));
        var columns = Math.Min(3, figures.Count);
        var rows = (figures.Count + columns - 1) / columns;
        var titleLines = figures.Max(figure => TextLines.Wrap(figure.Title, ScatterPlot.TitleLength(CellWidth)).Count);
        var cellHeight = ScatterPlot.HeightOf(CellWidth, titleLines);
        var description = string.Join(' ', figures.Select(figure => $"{figure.Title}: {ScatterPlot.Describe(figure)}"));
        return Svg.Document(columns * (CellWidth + Gap) + Gap, rows * (cellHeight + Gap) + Gap, title, description, svg =>
        {
            for (var index = 0; index < figures.Count; index++)
            {
                var left = Gap + index % columns * (CellWidth + Gap);
                var top = Gap + index / columns * (cellHeight + Gap);
                ScatterPlot.DrawPanel(svg, figures[index], left, top, CellWidth, titleLines, namedDots: false);
            }
        });
    }
}
