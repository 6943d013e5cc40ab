namespace W2S.Reporting.Plots;

public static partial class ScatterPlot
{
    /// <summary>
    /// One panel of gain against misfit, alone or in a grid. Both axes have the same scale and hold zero, so that y = x and y = −x
    /// are true diagonals and a dot's distance from the line can be seen for what it is; where one range is so much wider than the
    /// other that the panel would be nearly empty, each axis has its own scale.
    /// </summary>
    private static class Panel
    {
        private const double LowestAspect = 0.5, HighestAspect = 1.25, AspectOfOwnScales = 0.8;
        private const double LegendLine = 17, LegendKey = 18, LegendGap = 12, LegendInset = 8, TitleLetter = 7.5;

        /// <summary>What panels in one row share, so that their frames stand side by side.</summary>
        /// <param name="Aspect">Height / width of the plotting area.</param>
        internal readonly record struct Shape(int HeadLines, double Aspect, int LegendRows)
        {
            internal static Shape Of(ScatterFigure figure, double width) => new(
                TitleOf(figure, width).Count + (Subtitle(figure) == "" ? 0 : 1), AspectOf(figure),
                figure.Series.Count < 2 ? 0 : LegendRowsOf(figure.Series, width));

            internal Shape Or(Shape other) => new(
                Math.Max(HeadLines, other.HeadLines), Math.Max(Aspect, other.Aspect), Math.Max(LegendRows, other.LegendRows));

            internal double Height(double width) => PlotFrame.HeightOf(width, HeadLines, Aspect) + LegendHeight(LegendRows);
        }

        internal static double LegendHeight(int rows) => rows == 0 ? 0 : rows * LegendLine + LegendGap;

        internal static int LegendRowsOf(IReadOnlyList<ScatterFigure.DotSeries> series, double width) =>
            (series.Count + LegendColumns(series, width) - 1) / LegendColumns(series, width);

        /// <param name="left">Of everything, as <paramref name="top"/> is.</param>
        internal static void Draw(
            Svg svg, ScatterFigure figure, double left, double top, double width, Shape shape, bool hasLegend, bool namedDots)
        {
            var (x, y) = Axes(figure, shape.Aspect);
            var frame = new PlotFrame(left, top, width, shape.HeadLines, x, y, aspect: shape.Aspect);
            frame.DrawTitle(svg, TitleOf(figure, width), Subtitle(figure));
            frame.DrawAxes(svg, Named("misfit", figure), Named("gain", figure));
            DrawLines(svg, frame, figure);
            for (var index = 0; index < figure.Series.Count; index++)
            {
                svg.Open("g", ("fill", figure.Series.Count == 1 ? Palette.Dot : Palette.Series(index)), ("fill-opacity", 0.65));
                foreach (var dot in figure.Series[index].Dots.Where(ScatterFigure.IsDrawn))
                    svg.Mark(figure.Series.Count == 1 ? 0 : index, frame.X(dot.Misfit), frame.Y(dot.Gain), namedDots ? NameOf(dot) : "");
                svg.Close();
            }
            if (!figure.Drawn.Any())
                svg.Text(frame.Centre.X, frame.Bottom - 12, "no tasks", ("text-anchor", "middle"), ("fill", Palette.Muted));
            if (hasLegend && figure.Series.Count > 1) DrawLegend(svg, figure.Series, left, frame.Bottom + PlotFrame.BottomMargin, width);
        }

        /// <summary>The series in columns, row by row.</summary>
        internal static void DrawLegend(Svg svg, IReadOnlyList<ScatterFigure.DotSeries> series, double left, double top, double width)
        {
            var columns = LegendColumns(series, width);
            top += LegendGap / 2;
            for (var index = 0; index < series.Count; index++)
            {
                var x = left + LegendInset + index % columns * ColumnWidth(series);
                var middle = top + LegendGap / 2 + LegendLine * (index / columns);
                svg.Open("g", ("fill", Palette.Series(index)));
                svg.Mark(index, x + 6, middle, "");
                svg.Close();
                svg.Text(x + LegendKey, middle + 4, series[index].Name);
            }
        }

        internal static string Describe(ScatterFigure figure)
        {
            var slope = figure.Slope is { } value
                ? $" The line through the origin that fits best has slope {NumberText.Ratio(value)}."
                : "";
            return $"Scatter plot of gain against misfit, {Counted.Of(figure.Drawn.Count(), "dot")}. {figure.Subtitle}".TrimEnd() + slope;
        }

        private static IReadOnlyList<string> TitleOf(ScatterFigure figure, double width) =>
            Svg.Wrap(figure.Title, (int)((width - 16) / TitleLetter));

        private static double AspectOf(ScatterFigure figure)
        {
            var (x, y) = Axes(figure, null);
            return HasOwnScales(figure) ? AspectOfOwnScales : Math.Clamp(y.Length / x.Length, LowestAspect, HighestAspect);
        }

        private static (NiceAxis X, NiceAxis Y) Axes(ScatterFigure figure, double? aspect)
        {
            var (left, right) = Range(figure.Drawn.Select(dot => dot.Misfit));
            var (low, high) = Range(figure.Drawn.Select(dot => dot.Gain));
            return HasOwnScales(figure)
                ? (NiceAxis.Covering(left, right), NiceAxis.Covering(low, high))
                : NiceAxis.Equal(left, right, low, high, aspect);
        }

        /// <summary>Whether more than half of a panel of one scale would have no dot.</summary>
        private static bool HasOwnScales(ScatterFigure figure)
        {
            var (left, right) = Range(figure.Drawn.Select(dot => dot.Misfit));
            var (low, high) = Range(figure.Drawn.Select(dot => dot.Gain));
            return (high - low) / (right - left) is < LowestAspect / 2 or > HighestAspect * 2;
        }

        private static (double Low, double High) Range(IEnumerable<double> values)
        {
            var all = values.Append(0).ToArray();
            return (all.Min(), all.Max());
        }

        private static string Named(string axis, ScatterFigure figure) => figure.Measure == "" ? axis : $"{axis} ({figure.Measure})";

        private static string Subtitle(ScatterFigure figure) =>
            figure.NotDrawn == 0 ? figure.Subtitle : $"{figure.Subtitle} ({figure.NotDrawn} not finite, not shown)".TrimStart();

        private static string NameOf(ScatterFigure.Dot dot) =>
            $"{dot.Label}: misfit {NumberText.Measure(dot.Misfit)}, gain {NumberText.Measure(dot.Gain)}";

        private static int LegendColumns(IReadOnlyList<ScatterFigure.DotSeries> series, double width) =>
            Math.Clamp((int)((width - LegendInset) / ColumnWidth(series)), 1, series.Count);

        private static double ColumnWidth(IReadOnlyList<ScatterFigure.DotSeries> series) =>
            LegendKey + LegendGap + series.Max(one => Svg.WidthOf(one.Name, 12));

        /// <summary>y = x, y = −x, the fit with its interval, and the small legend that names them.</summary>
        private static void DrawLines(Svg svg, PlotFrame frame, ScatterFigure figure)
        {
            var entries = new List<(string Text, string Colour, string Dashes)>();
            svg.Open("svg", ("x", frame.Left), ("y", frame.Top), ("width", frame.Width), ("height", frame.Height));
            if (frame.YAxis.High > 0) DrawLine(1, "y = x", Palette.Muted, "5 4");
            if (figure.Mirror && frame.YAxis.Low < 0) DrawLine(-1, "y = −x", Palette.Muted, "1.5 3");
            if (figure.SlopeInterval is { } interval && double.IsFinite(interval.Low) && double.IsFinite(interval.High))
                DrawWedge(interval.Low, interval.High);
            if (figure.Slope is { } slope && double.IsFinite(slope))
                DrawLine(slope, figure.SlopeInterval == null ? "slope" : "slope, 95 %", Palette.Fit, "none");
            svg.Close();
            DrawLineLegend(svg, frame, figure, entries);

            void DrawLine(double slope, string name, string colour, string dashes)
            {
                var (fromX, fromY) = Point(frame, slope, -1);
                var (toX, toY) = Point(frame, slope, 1);
                svg.Line(fromX, fromY, toX, toY, ("stroke", colour), ("stroke-width", 1.5), ("stroke-dasharray", dashes));
                entries.Add((name, colour, dashes));
            }

            void DrawWedge(double low, double high)
            {
                var points = new[] { Point(frame, low, 0), Point(frame, low, 1), Point(frame, high, 1) };
                var text = string.Join(' ', points.Select(point => $"{Svg.Number(point.X)},{Svg.Number(point.Y)}"));
                svg.Element("polygon", ("points", text), ("fill", Palette.Fit), ("fill-opacity", 0.18));
            }
        }

        /// <summary>
        /// The point on the line through the origin in this direction (−1, 0, 1), far outside of the frame, which clips it: any
        /// slope, however steep, gives ordinary coordinates. Relative to the frame's corner.
        /// </summary>
        private static (double X, double Y) Point(PlotFrame frame, double slope, int direction)
        {
            var onPage = frame.OnPage(slope);
            var far = direction * 3 * (frame.Width + frame.Height) / double.Hypot(1, onPage);
            return (frame.X(0) - frame.Left + far, frame.Y(0) - frame.Top - far * onPage);
        }

        /// <summary>In the corner with the fewest dots; of several, where the lines of such a figure do not go.</summary>
        private static void DrawLineLegend(
            Svg svg, PlotFrame frame, ScatterFigure figure, List<(string Text, string Colour, string Dashes)> entries)
        {
            const double lineHeight = 16, inset = 8, keyWidth = 24;
            if (entries.Count == 0) return;
            var (width, height) = (keyWidth + 16 + entries.Max(entry => Svg.WidthOf(entry.Text, 11)), lineHeight * entries.Count);
            (int Right, int Down)[] corners = figure.Slope < 0 ? [(0, 1), (1, 0), (1, 1), (0, 0)] : [(0, 0), (1, 1), (1, 0), (0, 1)];
            var (left, top) = corners.Select(Place).MinBy(DotsAt);
            svg.Element(
                "rect", ("x", left), ("y", top), ("width", width), ("height", height), ("fill", Palette.Card), ("fill-opacity", 0.8));
            svg.Open("g", ("font-size", 11));
            for (var index = 0; index < entries.Count; index++)
            {
                var (text, colour, dashes) = entries[index];
                var middle = top + lineHeight * (index + 0.5);
                svg.Line(left + 4, middle, left + 4 + keyWidth, middle,
                    ("stroke", colour), ("stroke-width", 1.5), ("stroke-dasharray", dashes));
                svg.Text(left + 10 + keyWidth, middle + 4, text);
            }
            svg.Close();

            (double X, double Y) Place((int Right, int Down) corner) => (
                frame.Left + inset + corner.Right * (frame.Width - 2 * inset - width),
                frame.Top + inset + corner.Down * (frame.Height - 2 * inset - height));

            int DotsAt((double X, double Y) place) => figure.Drawn.Count(dot =>
                frame.X(dot.Misfit) - place.X is var x && x > 0 && x < width
                && frame.Y(dot.Gain) - place.Y is var y && y > 0 && y < height);
        }
    }
}
