namespace W2S.Bench;

/// <summary>
/// Scaling as a table in Markdown: the time at every size, and how many times ideal scaling from the paper's size that is.
/// </summary>
internal static class ScalingTable
{
    public static void Write(IReadOnlyList<ScalingAxis> axes, TextWriter writer)
    {
        foreach (var axis in axes)
        {
            foreach (var series in axis.Series)
            {
                writer.WriteLine($"| {axis.Name} | {string.Join(" | ", series.Points.Select(point => $"{point.Size}"))} |");
                writer.WriteLine($"|---|{string.Concat(series.Points.Select(_ => "---:|"))}");
                writer.WriteLine($"| {series.Name} | {string.Join(" | ", series.Points.Select(point => Times.Format(point.Seconds)))} |");
                writer.WriteLine($"| against ideal scaling | "
                    + $"{string.Join(" | ", series.Points.Select(point => $"{point.Seconds / series.Ideal(point.Size):F2}"))} |");
                writer.WriteLine();
            }
        }
    }
}
