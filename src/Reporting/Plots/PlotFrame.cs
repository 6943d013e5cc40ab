namespace W2S.Reporting.Plots;

/// <summary>A plotting area with its title above and its axes left and below; turns values into coordinates.</summary>
internal sealed class PlotFrame
{
    internal const double BottomMargin = 44;
    private const double LeftMargin = 56, RightMargin = 12, HeadLine = 18, Margin = 12, LegendLine = 18;

    /// <summary>Between title and plotting area, at whose upper edge a label stands.</summary>
    private const double HeadGap = 12;

    /// <summary>Left of the plotting area: the axis's name on its side with the air beside it, a digit of 11 units in the widest of
    /// the usual fonts, and what is between labels and axis.</summary>
    private const double NameWidth = 25, DigitWidth = 7, MinusWidth = 9, LabelGap = 6;

    private readonly Axis _x, _y;
    private readonly double _outerLeft, _outerTop;

    /// <param name="width">Of everything, margins included.</param>
    /// <param name="height">Of the plotting area alone; null makes it <paramref name="aspect"/> times as high as wide, and its width
    /// does not change with labels.</param>
    /// <param name="headLines">Lines of title and subtitle.</param>
    internal PlotFrame(
        double left, double top, double width, int headLines, Axis x, Axis y, double? height = null, double aspect = 1)
    {
        (_x, _y, _outerLeft, _outerTop) = (x, y, left, top);
        var widening = height == null ? 0 : Math.Max(0, NameWidth + LabelWidth(y) + LabelGap - LeftMargin);
        (Left, Top, Width) = (left + LeftMargin + widening, top + HeadHeight(headLines), WidthIn(width) - widening);
        Height = height ?? aspect * Width;
    }

    internal double Left { get; }
    internal double Top { get; }

    /// <summary>Width of the plotting area.</summary>
    internal double Width { get; }
    internal double Height { get; }
    internal double Right => Left + Width;
    internal double Bottom => Top + Height;
    internal (double X, double Y) Centre => (Left + Width / 2, Top + Height / 2);
    internal Axis YAxis => _y;

    /// <summary>A whole SVG file of one frame, with title and axes.</summary>
    /// <param name="height">Of the plotting area; null: it is a square.</param>
    /// <param name="below">How much room is left for what stands below the axis.</param>
    /// <param name="draw">What lies in the frame and below.</param>
    /// <param name="heading">Of the drawing, where it is not its title.</param>
    internal static string Document(
        string title, string subtitle, string description, (Axis Axis, string Name) x, (Axis Axis, string Name) y, double width,
        double? height, double below, Action<Svg, PlotFrame> draw, string? heading = null)
    {
        var frame = new PlotFrame(Margin, Margin, width, headLines: 2, x.Axis, y.Axis, height);
        return Svg.Document(width + 2 * Margin, frame.Bottom + BottomMargin + below, title, description, svg =>
        {
            frame.DrawTitle(svg, [heading ?? title], subtitle);
            frame.DrawAxes(svg, x.Name, y.Name);
            draw(svg, frame);
        });
    }

    /// <summary>How much room so many lines of legend take below a frame.</summary>
    internal static double LegendHeight(int lines) => LegendLine * lines + Margin;

    /// <summary>The middle of a line of legend.</summary>
    internal double LegendRow(int line) => Bottom + BottomMargin + 4 + LegendLine * line;

    /// <summary>The points of a line, for "points".</summary>
    internal string Path(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => $"{Svg.Number(X(point.X))},{Svg.Number(Y(point.Y))}"));

    /// <summary>Of everything, around a plotting area of this shape.</summary>
    internal static double HeightOf(double width, int headLines, double aspect) =>
        HeadHeight(headLines) + WidthIn(width) * aspect + BottomMargin;

    /// <summary>Of the plotting area in so much width.</summary>
    internal static double WidthIn(double width) => width - LeftMargin - RightMargin;

    internal double X(double value) => Left + Width * _x.Share(value);

    internal double Y(double value) => Bottom - Height * _y.Share(value);

    /// <summary>The slope on the page of a line that has this slope in values.</summary>
    internal double OnPage(double slope) => Math.Clamp(slope * (_x.High - _x.Low) / Width * Height / (_y.High - _y.Low), -1e12, 1e12);

    internal void DrawTitle(Svg svg, IReadOnlyList<string> title, string subtitle)
    {
        for (var line = 0; line < title.Count; line++)
            svg.Text(_outerLeft + 8, _outerTop + 14 + HeadLine * line, title[line], ("font-size", 13.5), ("font-weight", "600"));
        if (subtitle.Length > 0) svg.Text(_outerLeft + 8, _outerTop + 13 + HeadLine * title.Count, subtitle, ("fill", Palette.Muted));
    }

    internal void DrawAxes(Svg svg, string xName, string yName)
    {
        svg.Open("g", ("stroke", Palette.GridLines));
        foreach (var (value, _) in _x.Marks) svg.Line(X(value), Top, X(value), Bottom);
        foreach (var (value, _) in _y.Marks) svg.Line(Left, Y(value), Right, Y(value));
        svg.Close();
        svg.Open("g", ("stroke", Palette.Axis));
        svg.Line(X(_x.Origin), Top, X(_x.Origin), Bottom);
        svg.Line(Left, Y(_y.Origin), Right, Y(_y.Origin));
        svg.Close();

        svg.Open("g", ("text-anchor", "middle"), ("font-size", 11), ("fill", Palette.Muted));
        foreach (var (value, label) in _x.Marks) svg.Text(X(value), Bottom + 16, label);
        svg.Close();
        svg.Open("g", ("text-anchor", "end"), ("font-size", 11), ("fill", Palette.Muted));
        foreach (var (value, label) in _y.Marks) svg.Text(Left - LabelGap, Y(value) + 4, label);
        svg.Close();

        svg.Text(Centre.X, Bottom + 35, Named(xName, _x), ("text-anchor", "middle"));
        // Where labels are wide and the plotting area keeps its place, the name goes aside.
        var (labelX, labelY) = (_outerLeft + 14 - Math.Clamp(NameWidth + LabelWidth(_y) + LabelGap - (Left - _outerLeft), 0, 6), Centre.Y);
        svg.Text(
            labelX, labelY, Named(yName, _y), ("text-anchor", "middle"),
            ("transform", $"rotate(-90 {Svg.Number(labelX)} {Svg.Number(labelY)})"));
    }

    private static double HeadHeight(int lines) => lines * HeadLine + HeadGap;

    private static double LabelWidth(Axis axis) =>
        axis.Marks
            .Select(mark => mark.Label.Sum(character => character switch { '.' => DigitWidth / 2, '−' => MinusWidth, _ => DigitWidth }))
            .DefaultIfEmpty(0).Max();

    /// <summary>"gain (MSE, ×10⁻⁹)".</summary>
    private static string Named(string name, Axis axis) =>
        axis.Note == "" ? name : name.EndsWith(')') ? $"{name[..^1]}, {axis.Note})" : $"{name} ({axis.Note})";
}
