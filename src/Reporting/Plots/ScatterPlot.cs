namespace W2S.Reporting.Plots;

/// <summary>Gain against misfit, one dot per task: a panel alone, or several in one picture, at most three in a row.</summary>
public static partial class ScatterPlot
{
    /// <summary>Of one panel; and of each in a grid on a screen.</summary>
    private const double PanelWidth = 360, CellWidth = 320, Gap = 12;

    /// <summary>Of a panel on paper.</summary>
    private const double LeastCellWidth = 215;

    private const int MostColumns = 3;
    private const double HeadingHeight = 24;

    /// <summary>A whole SVG file of one panel.</summary>
    /// <param name="namedDots">Whether dots name themselves when pointed at, which doubles the file.</param>
    public static string Draw(ScatterFigure figure, bool namedDots = true) =>
        Draw(figure.Title, "", [figure], PanelWidth + 2 * Gap, 1, null, namedDots);

    /// <summary>A whole SVG file of panels side by side: the six of the study, say.</summary>
    /// <param name="title">What readers for the blind speak.</param>
    /// <exception cref="ArgumentException">There is no figure.</exception>
    public static string DrawGrid(string title, IReadOnlyList<ScatterFigure> figures)
    {
        var columns = Math.Min(MostColumns, figures.Count);
        return Draw(title, "", figures, columns * (CellWidth + Gap) + Gap, columns, null, namedDots: false);
    }

    /// <summary>A whole SVG file of panels for paper, as many in a row as the width has room for.</summary>
    /// <param name="heading">Above several panels, text; empty: none.</param>
    /// <exception cref="ArgumentException">There is no figure.</exception>
    internal static string DrawSheet(string title, string heading, IReadOnlyList<ScatterFigure> figures, PrintedFigure.Sheet sheet)
    {
        var columns = Math.Clamp((int)(sheet.Units / LeastCellWidth), 1, Math.Min(MostColumns, Math.Max(1, figures.Count)));
        return Draw(title, heading, figures, sheet.Units, columns, sheet, namedDots: false);
    }

    private static string Draw(
        string title, string heading, IReadOnlyList<ScatterFigure> figures, double width, int columns, PrintedFigure.Sheet? sheet,
        bool namedDots)
    {
        if (figures.Count == 0) throw new ArgumentException("A picture needs at least one panel.", nameof(figures));
        var margin = sheet is { IsFramed: false } ? 1 : Gap;
        var cellWidth = (width - 2 * margin - (columns - 1) * Gap) / columns;
        // The same series in every panel are named once, below all.
        var isShared = figures.Count > 1 && figures[0].Series.Count > 1
            && figures.All(figure => Names(figure).SequenceEqual(Names(figures[0])));
        var sharedRows = isShared ? Panel.LegendRowsOf(figures[0].Series, width - 2 * margin) : 0;
        var rows = figures.Chunk(columns).Select(row => (Figures: row, Shape: ShapeOf(row))).ToArray();
        var headingHeight = heading == "" ? 0 : HeadingHeight;
        var height = 2 * margin + headingHeight + rows.Sum(row => row.Shape.Height(cellWidth)) + (rows.Length - 1) * Gap
            + Panel.LegendHeight(sharedRows);
        var description = string.Join(' ', figures.Select(figure =>
            figures.Count == 1 ? Panel.Describe(figure) : $"{figure.Title}: {Panel.Describe(figure)}"));
        return Svg.Document(width, height, title, description, svg =>
        {
            var top = margin + headingHeight;
            if (heading != "") svg.Text(margin + 8, margin + 14, heading, ("font-size", 13.5), ("font-weight", "600"));
            foreach (var (row, shape) in rows)
            {
                foreach (var (column, figure) in row.Index())
                    Panel.Draw(svg, figure, margin + column * (cellWidth + Gap), top, cellWidth, shape, !isShared, namedDots);
                top += shape.Height(cellWidth) + Gap;
            }
            if (isShared) Panel.DrawLegend(svg, figures[0].Series, margin, top - Gap, width - 2 * margin);
        }, sheet);

        static IEnumerable<string> Names(ScatterFigure figure) => figure.Series.Select(series => series.Name);

        Panel.Shape ShapeOf(ScatterFigure[] row)
        {
            var shape = row.Select(figure => Panel.Shape.Of(figure, cellWidth)).Aggregate((one, other) => one.Or(other));
            return isShared ? shape with { LegendRows = 0 } : shape;
        }
    }
}
