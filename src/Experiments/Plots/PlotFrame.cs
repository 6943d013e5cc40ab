namespace W2S.Experiments;

/// <summary>A square plotting area with its title above and its axes left and below; turns values into coordinates.</summary>
internal sealed class PlotFrame
{
    private const double LeftMargin = 56, RightMargin = 12, BottomMargin = 44, TitleLine = 18, SubtitleLine = 22;
    private readonly NiceAxis _x, _y;
    private readonly double _outerLeft, _outerTop;

    internal PlotFrame(double left, double top, double width, int titleLines, NiceAxis x, NiceAxis y)
    {
        (_x, _y, _outerLeft, _outerTop) = (x, y, left, top);
        (Left, Top, Side) = (left + LeftMargin, top + TitleHeight(titleLines), SideOf(width));
    }

    internal double Left { get; }
    internal double Top { get; }
    internal double Side { get; }
    internal double Right => Left + Side;
    internal double Bottom => Top + Side;
    internal (double X, double Y) Centre => (Left + Side / 2, Top + Side / 2);
    internal NiceAxis YAxis => _y;

    internal static double TitleHeight(int titleLines) => titleLines * TitleLine + SubtitleLine;

    internal static double HeightOf(double width, int titleLines) => TitleHeight(titleLines) + SideOf(width) + BottomMargin;

    internal double X(double value) => Left + Side * ((value - _x.Low) / (_x.High - _x.Low));

    internal double Y(double value) => Bottom - Side * ((value - _y.Low) / (_y.High - _y.Low));

    internal void DrawTitle(Svg svg, IReadOnlyList<string> title, string subtitle)
    {
        for (var line = 0; line < title.Count; line++)
            svg.Text(_outerLeft + 8, _outerTop + 14 + TitleLine * line, title[line], ("font-size", 14), ("font-weight", "600"));
        if (subtitle.Length > 0) svg.Text(_outerLeft + 8, _outerTop + 13 + TitleLine * title.Count, subtitle, ("fill", Palette.Muted));
    }

    internal void DrawAxes(Svg svg, string xName, string yName)
    {
        svg.Open("g", ("stroke", Palette.Grid));
        foreach (var tick in _x.Ticks) svg.Line(X(_x.Value(tick)), Top, X(_x.Value(tick)), Bottom);
        foreach (var tick in _y.Ticks) svg.Line(Left, Y(_y.Value(tick)), Right, Y(_y.Value(tick)));
        svg.Close();
        svg.Open("g", ("stroke", Palette.Axis));
        svg.Line(X(0), Top, X(0), Bottom);
        svg.Line(Left, Y(0), Right, Y(0));
        svg.Close();

        svg.Open("g", ("text-anchor", "middle"), ("font-size", 11), ("fill", Palette.Muted));
        foreach (var tick in _x.Ticks) svg.Text(X(_x.Value(tick)), Bottom + 16, _x.Label(tick));
        svg.Close();
        svg.Open("g", ("text-anchor", "end"), ("font-size", 11), ("fill", Palette.Muted));
        foreach (var tick in _y.Ticks) svg.Text(Left - 6, Y(_y.Value(tick)) + 4, _y.Label(tick));
        svg.Close();

        svg.Text(Centre.X, Bottom + 35, Named(xName, _x), ("text-anchor", "middle"));
        var (labelX, labelY) = (_outerLeft + 14, Centre.Y);
        svg.Text(labelX, labelY, Named(yName, _y), ("text-anchor", "middle"), ("transform", $"rotate(-90 {Svg.Number(labelX)} {Svg.Number(labelY)})"));
    }

    private static double SideOf(double width) => width - LeftMargin - RightMargin;

    private static string Named(string name, NiceAxis axis) => axis.Multiplier.Length == 0 ? name : $"{name} ({axis.Multiplier})";
}
