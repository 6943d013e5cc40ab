namespace W2S.Reporting.Plots;

/// <summary>Marks for data: a shape for each series, so that colour is never the only difference.</summary>
internal static class Markers
{
    private const double Radius = 3.2;

    /// <summary>Draws the mark of the series at (x, y); a name is shown when it is pointed at.</summary>
    internal static void Draw(Svg svg, int series, double x, double y, string name)
    {
        if (series % 4 == 0) DrawDot(svg, x, y, Radius, name);
        else Add(svg, "path", name, ("d", $"M{Svg.Number(x)} {Svg.Number(y)}{Outline(series % 4)}"));
    }

    internal static void DrawDot(Svg svg, double x, double y, double radius, string name) =>
        Add(svg, "circle", name, ("cx", x), ("cy", y), ("r", radius));

    /// <summary>A cross, for what has collapsed.</summary>
    internal static void DrawCross(Svg svg, double x, double y, string name) =>
        Add(svg, "path", name, ("d", $"M{Svg.Number(x - 3.5)} {Svg.Number(y - 3.5)}l7 7m0 -7l-7 7"), ("fill", "none"), ("stroke", Palette.Alarm), ("stroke-width", 1.8));

    /// <summary>Square, triangle and diamond of about the circle's area, around the current point.</summary>
    private static string Outline(int shape) => shape switch
    {
        1 => "m-2.9-2.9h5.8v5.8h-5.8z",
        2 => "m0-4.2l3.9 6.8h-7.8z",
        _ => "m0-4.2l4.2 4.2l-4.2 4.2l-4.2-4.2z",
    };

    private static void Add(Svg svg, string element, string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        if (name.Length == 0)
        {
            svg.Element(element, attributes);
            return;
        }
        svg.Open(element, attributes);
        svg.Leaf("title", name);
        svg.Close();
    }
}
