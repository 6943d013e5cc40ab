namespace W2S.Reporting.Plots;

/// <summary>
/// How gain / misfit is distributed over seeds: a row for each panel, a dot for each seed, a cross where a representation
/// collapsed, and the median with the middle half. At 1 the paper's claim holds exactly; at −1 its mirror image does.
/// </summary>
internal static class SeedSpreadPlot
{
    private const double Left = 76, PlotWidth = 600, RowHeight = 64, Top = 74, NoteWidth = 190, DotRadius = 2.6;

    /// <summary>What lies further out is drawn at the edge and counted beside the row: one wild seed must not hide the others.</summary>
    private const double Furthest = 2.5;

    public static string Draw(string title, IReadOnlyList<Row> rows)
    {
        var shown = rows.SelectMany(row => row.Seeds).Where(dot => Math.Abs(dot.Ratio) <= Furthest).Select(dot => dot.Ratio).ToArray();
        var axis = NiceAxis.Covering(shown.Append(-1.2).Min(), shown.Append(1.2).Max(), 6);
        var bottom = Top + RowHeight * rows.Count;
        return Svg.Document(Left + PlotWidth + NoteWidth, bottom + 50, title, Describe(rows), svg =>
        {
            svg.Text(16, 28, title, ("font-size", 14), ("font-weight", "600"));
            DrawLegend(svg);
            DrawAxis(svg, axis, bottom);
            for (var row = 0; row < rows.Count; row++) DrawRow(svg, axis, rows[row], Top + RowHeight * (row + 0.5));
        });
    }

    private static double X(NiceAxis axis, double ratio) =>
        Left + PlotWidth * (Math.Clamp(ratio, axis.Low, axis.High) - axis.Low) / (axis.High - axis.Low);

    private static void DrawAxis(Svg svg, NiceAxis axis, double bottom)
    {
        svg.Open("g", ("text-anchor", "middle"), ("font-size", 11), ("fill", Palette.Muted));
        foreach (var tick in axis.Ticks)
        {
            var x = X(axis, axis.Value(tick));
            svg.Line(x, Top, x, bottom, ("stroke", tick == 0 ? Palette.Axis : Palette.GridLines));
            svg.Text(x, bottom + 16, axis.Label(tick));
        }
        foreach (var (ratio, name) in new[] { (-1.0, "gain = −misfit"), (1.0, "gain = misfit") })
        {
            svg.Line(X(axis, ratio), Top - 4, X(axis, ratio), bottom, ("stroke", Palette.Muted), ("stroke-dasharray", "5 4"));
            svg.Text(X(axis, ratio), Top - 10, name);
        }
        svg.Close();
        svg.Text(Left + PlotWidth / 2, bottom + 36, "gain / misfit", ("text-anchor", "middle"));
    }

    private static void DrawRow(Svg svg, NiceAxis axis, Row row, double middle)
    {
        var seeds = row.Seeds.Where(dot => double.IsFinite(dot.Ratio)).OrderBy(dot => dot.Ratio).ThenBy(dot => dot.Seed).ToArray();
        svg.Text(Left - 12, middle + 4, row.Name, ("text-anchor", "end"), ("font-weight", "600"));
        if (Healthy(seeds) is { } spread) DrawQuartiles(svg, axis, spread, middle);

        var places = new Beeswarm(2 * DotRadius, RowHeight / 2 - DotRadius - 2);
        svg.Open("g", ("fill", Palette.Dot), ("fill-opacity", 0.7));
        foreach (var dot in seeds)
        {
            var x = X(axis, dot.Ratio);
            var y = middle + places.Place(x);
            var name = $"seed {dot.Seed}: {NumberText.Ratio(dot.Ratio)}{(dot.Collapsed ? ", collapsed" : "")}";
            if (dot.Collapsed) svg.Cross(x, y, name);
            else svg.Dot(x, y, DotRadius, name);
        }
        svg.Close();
        DrawNote(svg, axis, row, seeds, middle);
    }

    private static void DrawQuartiles(Svg svg, NiceAxis axis, Spread spread, double middle)
    {
        var (low, high, median) = (X(axis, spread.LowerQuartile), X(axis, spread.UpperQuartile), X(axis, spread.Median));
        var (top, height) = (middle - RowHeight / 2 + 5, RowHeight - 10);
        svg.Element(
            "rect", ("x", low), ("y", top), ("width", Math.Max(1, high - low)), ("height", height), ("fill", Palette.Dot),
            ("fill-opacity", 0.13));
        svg.Line(median, top, median, top + height, ("stroke", Palette.Ink), ("stroke-width", 2));
    }

    private static void DrawNote(Svg svg, NiceAxis axis, Row row, Dot[] seeds, double middle)
    {
        var left = Left + PlotWidth + 14;
        var collapsed = row.Seeds.Count(dot => dot.Collapsed);
        var beyond = row.Seeds.Count - seeds.Count(dot => dot.Ratio >= axis.Low && dot.Ratio <= axis.High);
        svg.Text(left, middle - 2, $"median {Median(row)}, {Counted.Of(row.Seeds.Count - collapsed, "seed")}", ("font-size", 11));
        string[] notes = [collapsed > 0 ? $"{collapsed} collapsed" : "", beyond > 0 ? $"{beyond} out of range" : ""];
        var note = string.Join(", ", notes.Where(part => part != ""));
        if (note != "") svg.Text(left, middle + 13, note, ("font-size", 11), ("fill", Palette.Alarm));
    }

    private static void DrawLegend(Svg svg)
    {
        const double middle = 46;
        svg.Open("g", ("font-size", 11), ("fill", Palette.Muted));
        svg.Element("circle", ("cx", 22), ("cy", middle - 4), ("r", DotRadius), ("fill", Palette.Dot));
        svg.Text(30, middle, "a seed");
        svg.Cross(86, middle - 4, "");
        svg.Text(96, middle, "a seed with a collapsed representation");
        svg.Element("rect", ("x", 318), ("y", middle - 10), ("width", 18), ("height", 12), ("fill", Palette.Dot), ("fill-opacity", 0.13));
        svg.Line(327, middle - 10, 327, middle + 2, ("stroke", Palette.Ink), ("stroke-width", 2));
        svg.Text(342, middle, "median and middle half, without crosses");
        svg.Close();
    }

    private static string Describe(IReadOnlyList<Row> rows) => "Gain / misfit of every seed. " + string.Join(' ', rows.Select(row =>
    {
        var collapsed = row.Seeds.Count(dot => dot.Collapsed);
        return $"{row.Name}: median {Median(row)} of {Counted.Of(row.Seeds.Count - collapsed, "seed")}; {collapsed} more collapsed.";
    }));

    private static string Median(Row row) => NumberText.Ratio(Healthy(row.Seeds)?.Median);

    /// <summary>What medians and quartiles are of: a seed with a collapsed representation says nothing of the claim.</summary>
    private static Spread? Healthy(IEnumerable<Dot> seeds) =>
        Spread.Of(seeds.Where(dot => !dot.Collapsed).Select(dot => dot.Ratio));

    /// <summary>
    /// Places dots of a strip above and below its middle so that they do not cover each other: each takes the free place
    /// nearest to the middle. No chance is involved.
    /// </summary>
    private sealed class Beeswarm(double diameter, double reach)
    {
        private readonly List<(double X, double Y)> _placed = [];

        /// <summary>
        /// The vertical offset for the next dot; dots come in ascending order of x. A full column overlaps at the middle.
        /// </summary>
        internal double Place(double x)
        {
            var neighbours = _placed.Where(dot => x - dot.X < diameter).ToArray();
            var offset = Candidates().FirstOrDefault(y => neighbours.All(dot => double.Hypot(x - dot.X, y - dot.Y) >= diameter - 1e-9));
            _placed.Add((x, offset));
            return offset;
        }

        private IEnumerable<double> Candidates()
        {
            const double step = 0.5;
            for (var distance = 0.0; distance <= reach; distance += step)
            {
                yield return distance;
                yield return -distance;
            }
        }
    }

    /// <summary>One seed of a panel: its gain / misfit (means over tasks), and whether one of its representations collapsed.</summary>
    public sealed record Dot(long Seed, double Ratio, bool Collapsed);

    /// <summary>A panel over all its seeds.</summary>
    public sealed record Row(string Name, IReadOnlyList<Dot> Seeds);
}
