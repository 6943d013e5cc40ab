namespace W2S.Reporting.Plots;

/// <summary>Curves with bands against one quantity that is varied: training, noise, a temperature, a number of heads.</summary>
internal static class ErrorCurves
{
    private const double Width = 396, PlotHeight = 220;

    /// <param name="isLogarithmic">Whether the horizontal axis is.</param>
    /// <param name="range">Of the vertical axis, so that figures side by side share it; null: what holds the curves.</param>
    public static string Draw(
        string title, string subtitle, string xName, string yName, IReadOnlyList<Curve> curves, bool isLogarithmic = false,
            (double Low, double High)? range = null)
    {
        var points = curves.SelectMany(curve => curve.Points).Where(point => double.IsFinite(point.Mean)).ToArray();
        if (points.Length == 0) points = [(isLogarithmic ? 1 : 0, 0, double.NaN, double.NaN)];
        var (left, right) = (points.Min(point => point.X), points.Max(point => point.X));
        Axis x = isLogarithmic ? new Axis.Log(left, right) : NiceAxis.Covering(left, right);
        var (low, high) = range ?? Range(curves);
        var summaries = string.Join(" ", curves.Select(curve => $"{curve.Name}: {Summary(curve)}."));
        return PlotFrame.Document(
            title, subtitle, $"Line plot of {yName} against {xName}. {summaries}", (x, xName), (NiceAxis.Covering(low, high), yName), Width,
            PlotHeight, PlotFrame.LegendHeight(curves.Count), (svg, frame) =>
        {
            for (var index = 0; index < curves.Count; index++) DrawBand(svg, frame, curves[index], index);
            for (var index = 0; index < curves.Count; index++)
            {
                DrawCurve(svg, frame, curves[index], index);
                var middle = frame.LegendRow(index);
                svg.Line(frame.Left, middle, frame.Left + 28, middle, ("stroke", Palette.Series(index)), ("stroke-width", 1.8),
                    ("stroke-dasharray", Palette.Dashes(index)));
                var mark = curves[index].Mark is { } marked ? $" (ring: {marked.Name})" : "";
                svg.Text(frame.Left + 36, middle + 4, curves[index].Name + mark);
            }
        });
    }

    /// <summary>What holds all curves and their bands.</summary>
    public static (double Low, double High) Range(IEnumerable<Curve> curves)
    {
        var values = curves.SelectMany(curve => curve.Points).SelectMany(point => new[] { point.Mean, point.Low, point.High })
            .Where(double.IsFinite).ToArray();
        return values.Length == 0 ? (0, 1) : (values.Min(), values.Max());
    }

    private static void DrawBand(Svg svg, PlotFrame frame, Curve curve, int series)
    {
        var band = curve.Points.Where(point => double.IsFinite(point.Low) && double.IsFinite(point.High)).ToArray();
        if (band.Length < 2) return;
        var outline = band.Select(point => (point.X, Y: point.Low)).Concat(band.Reverse().Select(point => (point.X, Y: point.High)));
        svg.Element("polygon", ("points", frame.Path(outline)), ("fill", Palette.Series(series)), ("fill-opacity", 0.14));
    }

    private static void DrawCurve(Svg svg, PlotFrame frame, Curve curve, int series)
    {
        var points = curve.Points.Where(point => double.IsFinite(point.Mean)).ToArray();
        if (points.Length == 0) return;
        svg.Element("polyline", ("points", frame.Path(points.Select(point => (point.X, point.Mean)))), ("fill", "none"),
            ("stroke", Palette.Series(series)), ("stroke-width", 1.8), ("stroke-dasharray", Palette.Dashes(series)));
        svg.Open("g", ("fill", Palette.Series(series)));
        foreach (var point in points) svg.Mark(series, frame.X(point.X), frame.Y(point.Mean),
            $"{curve.Name}: {NumberText.Measure(point.Mean)} at {NumberText.Measure(point.X)}");
        svg.Close();
        if (curve.Mark is not { } mark) return;
        var marked = points.MinBy(point => Math.Abs(point.X - mark.X));
        svg.Element("circle", ("cx", frame.X(marked.X)), ("cy", frame.Y(marked.Mean)), ("r", 7), ("fill", "none"),
            ("stroke", Palette.Series(series)), ("stroke-width", 2));
    }

    private static string Summary(Curve curve)
    {
        return curve.Points.Count == 0 ? "no values" : $"from {At(curve.Points[0])} to {At(curve.Points[^1])}";

        static string At((double X, double Mean, double, double) point) =>
            $"{NumberText.Measure(point.Mean)} at {NumberText.Measure(point.X)}";
    }

    /// <summary>One curve: a value and its interval at every place.</summary>
    /// <param name="Points">Low and High are NaN where there is no interval.</param>
    /// <param name="Mark">A place that is marked with a ring, and what it is; null: none.</param>
    public sealed record Curve(string Name, IReadOnlyList<(double X, double Mean, double Low, double High)> Points,
        (double X, string Name)? Mark = null);
}
