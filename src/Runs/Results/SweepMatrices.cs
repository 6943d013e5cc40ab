using W2S.Experiments;
using W2S.Reporting;
using W2S.Reporting.Plots;

namespace W2S.Runs.Results;

/// <summary>
/// Weak against strong representations, where a grid varies both: a matrix of the gap recovered and one of gain / misfit for every
/// combination of what else is varied, medians over seeds (Burns et al. 2023). Runs with a collapsed representation are left out and
/// counted.
/// </summary>
internal static class SweepMatrices
{
    private const int Most = 24;

    private static readonly (string Measure, string Title, double Middle)[] Shown =
        [("median_gap_recovered", "PGR", 0), ("gain_over_misfit", "Gain / misfit", 0)];

    /// <summary>HTML; empty where the grid does not vary both.</summary>
    public static string Write(IReadOnlyList<CollectedRun> runs)
    {
        List<string> paths = [.. runs.SelectMany(run => run.Planned.Varies.Keys).Distinct()];
        var (weak, strong) =
            (paths.Find(path => path.StartsWith("weak.", StringComparison.Ordinal)),
            paths.Find(path => path.StartsWith("strong.", StringComparison.Ordinal)));
        if (weak == null || strong == null) return "";
        List<string> others = [.. paths.Where(path => path != weak && path != strong && path.Split('.')[^1] != "seed")];
        var pairs = runs.Where(run => run.Planned.Varies.ContainsKey(weak) && run.Planned.Varies.ContainsKey(strong)).ToList();
        List<CollectedRun> sound = [.. pairs.Where(run => run.Measures.GetValueOrDefault("collapsed") is not > 0)];
        var groups =
            sound.GroupBy(run =>
            string.Join(", ", others.Select(path => $"{path.Split('.')[^1]} {run.Planned.Varies.GetValueOrDefault(path, "")}")))
            .ToList();
        var figures = groups.Take(Most)
            .SelectMany(group => Shown.Select(shown => Html.Figure(Draw(shown, group.Key, [.. group], weak, strong))));
        var more = groups.Count > Most ? $" The first {Most} of {groups.Count} combinations." : "";
        return $"<section>\n<h2>Weak against strong</h2>\n<p>Medians over seeds; rows are {Html.Escape(weak)}, columns {Html.Escape(strong)}. "
            + $"{pairs.Count - sound.Count} of {pairs.Count} runs have a collapsed representation and are left out.{more}</p>\n<div class=\"grid\">\n{string.Concat(figures)}</div>\n</section>\n";
    }

    private static string Draw((string Measure, string Title, double Middle) shown, string subtitle, IReadOnlyList<CollectedRun> runs,
        string weak, string strong)
    {
        string[] rows = [.. runs.Select(run => run.Planned.Varies[weak]).Distinct()],
            columns = [.. runs.Select(run => run.Planned.Varies[strong]).Distinct()];
        var values = new double[rows.Length, columns.Length];
        for (var row = 0; row < rows.Length; row++)
            for (var column = 0; column < columns.Length; column++)
                values[row, column] =
                    Spread.Of(runs.Where(run => run.Planned.Varies[weak] == rows[row] && run.Planned.Varies[strong] == columns[column])
                    .Select(run => run.Measures.GetValueOrDefault(shown.Measure)))?.Median ?? double.NaN;
        return HeatMap.Draw(shown.Title, subtitle, strong, [.. rows.Select(Path.GetFileName).OfType<string>()],
            [.. columns.Select(Path.GetFileName).OfType<string>()], values, shown.Middle);
    }
}
