namespace W2S.Experiments;

/// <summary>
/// rows.csv in every run's folder: one line for each cell of every panel, with every digit. Missing and non-finite values are
/// empty cells, which R and pandas alike read as not available. Where a panel has one cell, weak_error_low, weak_error_high
/// and so on are the ends of 95 % intervals over its evaluation rows.
/// </summary>
internal static class RowsCsv
{
    internal const string FileName = "rows.csv";

    internal static string Write(IReadOnlyList<PanelResult> panels)
    {
        var further = panels
            .SelectMany(panel => panel.Cells).SelectMany(cell => cell.Measures?.Keys.AsEnumerable() ?? []).Distinct().ToList();
        var hasIntervals = panels.Any(panel => panel.Cells.Any(cell => cell.Intervals != null));
        return CsvTable.Write(
        [
            [
                "panel", "dataset", "split", "task", "seed", "weak", "strong", "objective", "weak_error", "student_error", "strong_error",
                "misfit", "gain", "weak_minus_misfit", "gap_recovered", .. further, .. hasIntervals ? Ends : [],
            ],
            .. panels.SelectMany(panel => panel.Cells.Select(cell => Line(panel, cell))),
        ]);

        string[] Line(PanelResult panel, CellResult cell)
        {
            var (split, task) = panel.Options.IsGaussian ? ("", $"{cell.Cell}") : ($"{cell.Cell}", "");
            double?[] measures =
            [
                cell.WeakError, cell.StudentError, cell.StrongError, cell.Misfit, cell.Gain, cell.WeakMinusMisfit, cell.GapRecovered,
                .. further.Select(cell.Measure),
            ];
            return
            [
                panel.Name, panel.Data, split, task, $"{panel.Seed}", panel.Weak, panel.Strong, panel.Options.Objective.Name,
                .. measures.Select(NumberText.Exact), .. hasIntervals ? EndsOf(cell) : [],
            ];
        }
    }

    private static IEnumerable<string> Ends { get; } =
    [
        .. new MeanIntervals("", null, null, null, null, null, null).Named()
            .SelectMany(mean => new[] { $"{mean.Name}_low", $"{mean.Name}_high" }),
    ];

    private static IEnumerable<string> EndsOf(CellResult cell) => cell.Intervals == null
        ? Ends.Select(_ => "")
        : cell.Intervals.Named().SelectMany(mean => new[] { NumberText.Exact(mean.Interval?.Low), NumberText.Exact(mean.Interval?.High) });
}
