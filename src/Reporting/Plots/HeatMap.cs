namespace W2S.Reporting.Plots;

/// <summary>
/// Numbers by two categories as shaded tiles. Shade runs from orange (below the middle) over white to blue (above), and every tile
/// says its number, so that colour is never the only difference.
/// </summary>
internal static class HeatMap
{
    private const double LabelWidth = 136, TileWidth = 52, TileHeight = 26, Margin = 12;

    /// <summary>Of text of 11 pixels, generously: a name that is too long for the middle of its columns ends with the last.</summary>
    private const double LetterWidth = 6.4;

    /// <param name="middle">The value that is white.</param>
    /// <param name="values">[row, column]; NaN where there is none.</param>
    public static string Draw(
        string title, string subtitle, string columnName, IReadOnlyList<string> rows, IReadOnlyList<string> columns, double[,] values,
            double middle)
    {
        var reach = values.Cast<double>().Where(double.IsFinite).Select(value => Math.Abs(value - middle)).Append(1e-12).Max();
        var (left, top) = (Margin + LabelWidth, Margin + 62);
        var (right, bottom) = (left + TileWidth * columns.Count, top + TileHeight * rows.Count);
        return Svg.Document(right + Margin, bottom + 30, title, Describe(rows, columns, values), svg =>
        {
            svg.Text(Margin + 8, Margin + 14, title, ("font-size", 14), ("font-weight", "600"));
            svg.Text(Margin + 8, Margin + 31, subtitle, ("fill", Palette.Muted));
            svg.Open("g", ("font-size", 11), ("text-anchor", "middle"));
            for (var column = 0; column < columns.Count; column++)
                svg.Text(left + TileWidth * (column + 0.5), top - 7, columns[column], ("fill", Palette.Muted));
            svg.Text(Math.Min(left + right, 2 * right - LetterWidth * columnName.Length) / 2, bottom + 18, columnName);
            svg.Close();
            for (var row = 0; row < rows.Count; row++)
            {
                svg.Text(left - 8, top + TileHeight * (row + 0.5) + 4, rows[row], ("text-anchor", "end"));
                for (var column = 0; column < columns.Count; column++) Tile(svg, values[row, column], left + TileWidth * column, top
                    + TileHeight * row);
            }
        });

        void Tile(Svg svg, double value, double x, double y)
        {
            var share = double.IsFinite(value) ? (value - middle) / reach : 0;
            svg.Element("rect", ("x", x + 1), ("y", y + 1), ("width", TileWidth - 2), ("height", TileHeight - 2), ("rx", 2),
                ("fill", share < 0 ? Palette.Fit : Palette.Dot), ("fill-opacity", 0.75 * Math.Abs(share)), ("stroke", Palette.Border));
            svg.Text(x + TileWidth / 2, y + TileHeight / 2 + 4, NumberText.Ratio(value), ("text-anchor", "middle"),
                ("font-size", 11));
        }
    }

    private static string Describe(IReadOnlyList<string> rows, IReadOnlyList<string> columns, double[,] values) =>
        string.Join(" ", rows.Select((row, index) =>
        $"{row}: {string.Join(", ", columns.Select((column, place) => $"{column} {NumberText.Ratio(values[index, place])}"))}."));
}
