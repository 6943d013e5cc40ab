namespace W2S.Reporting.Plots;

/// <summary>A plotting area with its title above and its axes left and below; turns values into coordinates.</summary>
internal sealed class PlotFrame
{
    internal const double BottomMargin = 44;
    private const double LeftMargin = 56, RightMargin = 12, TitleLine = 18, SubtitleLine = 22;

    /// <summary>Left of the plotting area: the axis's name on its side with the air beside it, a digit of 11 pixels in the widest of
    /// the usual fonts, and what is between labels and axis.</summary>
    private const double NameWidth = 25, DigitWidth = 7, LabelGap = 6;

    private readonly IAxis _x, _y;
    private readonly double _outerLeft, _outerTop;

    /// <param name="width">Of everything, margins included.</param>
    /// <param name="height">Of the plotting area alone; null makes it a square, whose size labels do not change.</param>
    internal PlotFrame(double left, double top, double width, int titleLines, IAxis x, IAxis y, double? height = null)
    {
        (_x, _y, _outerLeft, _outerTop) = (x, y, left, top);
        var widening = height == null ? 0 : Math.Max(0, NameWidth + LabelWidth(y) + LabelGap - LeftMargin);
        (Left, Top, Side) = (left + LeftMargin + widening, top + TitleHeight(titleLines), SideOf(width) - widening);
        Height = height ?? Side;
    }

    internal double Left { get; }
    internal double Top { get; }

    /// <summary>Width of the plotting area.</summary>
    internal double Side { get; }
    internal double Height { get; }
    internal double Right => Left + Side;
    internal double Bottom => Top + Height;
    internal (double X, double Y) Centre => (Left + Side / 2, Top + Height / 2);
    internal IAxis YAxis => _y;

    internal static double TitleHeight(int titleLines) => titleLines * TitleLine + SubtitleLine;

    internal static double HeightOf(double width, int titleLines) => TitleHeight(titleLines) + SideOf(width) + BottomMargin;

    internal double X(double value) => Left + Side * _x.Share(value);

    internal double Y(double value) => Bottom - Height * _y.Share(value);

    internal void DrawTitle(Svg svg, IReadOnlyList<string> title, string subtitle)
    {
        for (var line = 0; line < title.Count; line++)
            svg.Text(_outerLeft + 8, _outerTop + 14 + TitleLine * line, title[line], ("font-size", 14), ("font-weight", "600"));
        if (subtitle.Length > 0) svg.Text(_outerLeft + 8, _outerTop + 13 + TitleLine * title.Count, subtitle, ("fill", Palette.Muted));
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
        var (labelX, labelY) = (_outerLeft + 14, Centre.Y);
        svg.Text(labelX, labelY, Named(yName, _y), ("text-anchor", "middle"), ("transform", $"rotate(-90 {Svg.Number(labelX)} {Svg.Number(labelY)})"));
    }

    private static double LabelWidth(IAxis axis) =>
        axis.Marks.Select(mark => mark.Label.Sum(character => character == '.' ? DigitWidth / 2 : DigitWidth)).DefaultIfEmpty(0).Max();

    private static double SideOf(double width) => width - LeftMargin - RightMargin;

    private static string Named(string name, IAxis axis) => axis.Multiplier.Length == 0 ? name : $"{name} ({axis.Multiplier})";
}
