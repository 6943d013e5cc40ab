namespace W2S.Reporting.Plots;

/// <summary>
/// Quantities against what a grid varies: every run, the medians of the sound ones as a line, and the middle half as a band. Numbers
/// stand at their places, on a logarithmic axis where they span more than a decade; anything else side by side.
/// </summary>
internal static class AxisPlot
{
    private const double Width = 460, PlotHeight = 230;

    /// <summary>
    /// What lies further from the sound runs than they spread is drawn at the edge: one wild seed must not hide the others.
    /// </summary>
    private const double Beyond = 0.5;

    /// <param name="names">Of the places, in their order.</param>
    /// <param name="numbers">The places as numbers; null where one is none.</param>
    internal static string Draw(
        string title, string axis, IReadOnlyList<string> names, IReadOnlyList<double?> numbers, IReadOnlyList<Series> series)
    {
        var (x, places) = Horizontal(names, numbers);
        var (low, high) = Range(series);
        var described = string.Join(" ", series.Select(one => Describe(one, names)));
        return PlotFrame.Document(
            title, "median and middle half of the runs", $"{Named(" and ")} against {axis}. {described}", (x, axis),
            (NiceAxis.Covering(low, high), Named(", ")), Width, PlotHeight, PlotFrame.LegendHeight(series.Count), (svg, frame) =>
        {
            for (var index = 0; index < series.Count; index++)
                DrawSeries(svg, frame, series[index], index, places, areNames: x is PlaceAxis);
            for (var index = 0; index < series.Count; index++)
            {
                var middle = frame.LegendRow(index);
                svg.Open("g", ("fill", Palette.Series(Colour(index))), ("stroke", Palette.Series(Colour(index))));
                svg.Line(frame.Left, middle, frame.Left + 28, middle, ("stroke-width", 1.8));
                svg.Mark(Colour(index), frame.Left + 14, middle, "");
                svg.Close();
                svg.Text(frame.Left + 36, middle + 4, series[index].Name, ("font-size", 11));
            }
        });

        string Named(string separator) => string.Join(separator, series.Select(one => one.Name));
    }

    /// <summary>The second colour is that of what collapsed.</summary>
    private static int Colour(int series) => 2 * series;

    private static (Axis Axis, IReadOnlyList<double> Places) Horizontal(IReadOnlyList<string> names, IReadOnlyList<double?> numbers)
    {
        if (numbers.Any(number => number == null) || numbers.Count < 2)
            return (new PlaceAxis(names), [.. Enumerable.Range(0, names.Count).Select(place => (double)place)]);
        double[] places = [.. numbers.Select(number => number!.Value)];
        var (low, high) = (places.Min(), places.Max());
        // So that what lies at the first and the last place does not lie on the frame.
        const double beside = 0.04;
        var room = beside * (high - low);
        Axis axis = low > 0 && high > 10 * low
            ? new Axis.Log(low * Math.Pow(high / low, -beside), high * Math.Pow(high / low, beside))
            : NiceAxis.Covering(low - room, high + room);
        return (axis, places);
    }

    private static (double Low, double High) Range(IReadOnlyList<Series> series)
    {
        var dots = series.SelectMany(one => one.Places).SelectMany(place => place).Where(dot => Math.Abs(dot.Value) < 1e300).ToList();
        double[] sound = [.. dots.Where(dot => !dot.Collapsed).Select(dot => dot.Value)];
        if (sound.Length == 0) sound = [.. dots.Select(dot => dot.Value)];
        if (sound.Length == 0) return (0, 1);
        var (low, high) = (Math.Min(0, sound.Min()), Math.Max(0, sound.Max()));
        var room = Beyond * (high - low);
        double[] drawn = [.. dots.Select(dot => dot.Value).Where(value => value >= low - room && value <= high + room), low, high];
        return (drawn.Min(), drawn.Max());
    }

    private static void DrawSeries(Svg svg, PlotFrame frame, Series series, int index, IReadOnlyList<double> places, bool areNames)
    {
        var (low, high) = (frame.YAxis.Low, frame.YAxis.High);
        var beside = (areNames ? 15 : 5) * (index - 0.5);
        var spreads = series.Places.Select(Sound).ToList();
        var known = Enumerable.Range(0, places.Count).Where(place => spreads[place] != null).ToList();
        if (areNames)
        {
            // Nothing lies between names.
            foreach (var place in known)
            {
                var (top, bottom) = (frame.Y(spreads[place]!.UpperQuartile), frame.Y(spreads[place]!.LowerQuartile));
                svg.Element(
                    "rect", ("x", frame.X(places[place]) + beside - 7), ("y", top), ("width", 14), ("height", Math.Max(1, bottom - top)),
                    ("fill", Palette.Series(Colour(index))), ("fill-opacity", 0.14));
            }
        }
        else if (known.Count > 1)
        {
            var outline = Path(known, spread => spread.LowerQuartile).Concat(Path(known, spread => spread.UpperQuartile).Reverse());
            svg.Element("polygon", ("points", frame.Path(outline)), ("fill", Palette.Series(Colour(index))), ("fill-opacity", 0.14));
            svg.Element(
                "polyline", ("points", frame.Path(Path(known, spread => spread.Median))), ("fill", "none"),
                ("stroke", Palette.Series(Colour(index))), ("stroke-width", 1.8));
        }
        svg.Open("g", ("fill", Palette.Series(Colour(index))), ("fill-opacity", 0.45));
        foreach (var (place, dots) in series.Places.Index())
            foreach (var dot in dots.Where(dot => double.IsFinite(dot.Value)))
            {
                var (x, y) = (frame.X(places[place]) + beside, frame.Y(Math.Clamp(dot.Value, low, high)));
                var name = $"{dot.Label}: {series.Name} {NumberText.Measure(dot.Value)}{(dot.Collapsed ? ", collapsed" : "")}";
                if (dot.Collapsed) svg.Cross(x, y, name);
                else svg.Dot(x, y, 2, name);
            }
        svg.Close();
        svg.Open("g", ("fill", Palette.Series(Colour(index))));
        foreach (var place in known)
            svg.Mark(
                Colour(index), frame.X(places[place]) + (areNames ? beside : 0), frame.Y(spreads[place]!.Median),
                $"median {series.Name} {NumberText.Measure(spreads[place]!.Median)}");
        svg.Close();

        IEnumerable<(double, double)> Path(IEnumerable<int> along, Func<Spread, double> value) =>
            along.Select(place => (places[place], Math.Clamp(value(spreads[place]!), low, high)));
    }

    private static string Describe(Series series, IReadOnlyList<string> names) =>
        $"Median {series.Name}: "
            + $"{string.Join(", ", names.Zip(series.Places, (name, dots) => $"{NumberText.Measure(Sound(dots)?.Median)} at {name}"))}.";

    private static Spread? Sound(IEnumerable<Dot> dots) => Spread.Of(dots.Where(dot => !dot.Collapsed).Select(dot => dot.Value));

    /// <summary>Names side by side.</summary>
    private sealed class PlaceAxis(IReadOnlyList<string> names) : Axis
    {
        public override double Low => -0.5;
        public override double High => names.Count - 0.5;
        public override double Origin => Low;
        public override IEnumerable<(double Value, string Label)> Marks => names.Select((name, place) => ((double)place, name));
    }

    /// <summary>One run at a place of an axis.</summary>
    /// <param name="Collapsed">Drawn as a cross, and no part of the median.</param>
    public sealed record Dot(double Value, bool Collapsed, string Label);

    /// <summary>A quantity at every place of the axis.</summary>
    public sealed record Series(string Name, IReadOnlyList<IReadOnlyList<Dot>> Places);
}
