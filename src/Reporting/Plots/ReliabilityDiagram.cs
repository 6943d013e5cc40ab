namespace W2S.Reporting.Plots;

/// <summary>
/// How often a model is right against how sure it says it is (DeGroot and Fienberg 1983): a bar for each bin's accuracy, the gap to
/// its confidence shaded, and below how many rows the bin holds.
/// </summary>
internal static class ReliabilityDiagram
{
    private const double Width = 320, CountsHeight = 46;

    /// <param name="subtitle">The calibration error with its interval, as a rule.</param>
    public static string Draw(string title, string subtitle, Calibration calibration)
    {
        var axis = NiceAxis.Covering(0, 1);
        var (rows, most) = (calibration.Bins.Sum(bin => bin.Rows), calibration.Bins.Max(bin => bin.Rows));
        return PlotFrame.Document(
            title, subtitle, Describe(calibration), (axis, "confidence"), (axis, "accuracy"), Width, null, CountsHeight + 26,
            (svg, frame) =>
        {
            var (width, countsTop) = (frame.Width / 15 * 0.9, frame.Bottom + PlotFrame.BottomMargin);
            foreach (var bin in calibration.Bins)
            {
                var (left, top, reached) = (frame.X(bin.Confidence) - width / 2, frame.Y(bin.Accuracy), frame.Y(bin.Confidence));
                svg.Element("rect", ("x", left), ("y", top), ("width", width), ("height", frame.Bottom - top), ("fill", Palette.Dot),
                    ("fill-opacity", 0.6));
                svg.Element("rect", ("x", left), ("y", Math.Min(top, reached)), ("width", width), ("height", Math.Abs(top - reached)),
                    ("fill", Palette.Fit), ("fill-opacity", 0.35), ("stroke", Palette.Fit), ("stroke-width", 0.8));
                var height = CountsHeight * bin.Rows / most;
                svg.Element("rect", ("x", left), ("y", countsTop + CountsHeight - height), ("width", width), ("height", height),
                    ("fill", Palette.Muted));
            }
            svg.Line(frame.X(0), frame.Y(0), frame.X(1), frame.Y(1), ("stroke", Palette.Muted), ("stroke-width", 1.5),
                ("stroke-dasharray", "5 4"));
            svg.Line(frame.Left, countsTop + CountsHeight, frame.Right, countsTop + CountsHeight, ("stroke", Palette.Axis));
            svg.Text(frame.Centre.X, countsTop + CountsHeight + 16, $"rows in each bin, {rows} in all", ("text-anchor", "middle"),
                ("font-size", 11), ("fill", Palette.Muted));
        });
    }

    private static string Describe(Calibration calibration) =>
        "Reliability diagram. " + string.Join(" ", calibration.Bins.Select(bin =>
            $"Confidence {NumberText.Ratio(bin.Confidence)}: right {NumberText.Ratio(bin.Accuracy)} of {Counted.Of(bin.Rows, "time")}."));
}
