namespace W2S.Experiments;

/// <summary>
/// The heuristic of 2405.15116, section 5.2: among weak models take the one whose weak error − misfit is least, for that
/// bounds the student's error. It needs the weak errors, and so some true labels.
/// </summary>
/// <param name="Rows">Sorted by weak error − misfit, the mean over splits.</param>
/// <param name="Correlation">Spearman's, of weak error − misfit and the student's true error; null where one does not vary.</param>
/// <param name="PickRank">The place of the heuristic's pick among all students by true error; 1: it was the best.</param>
internal sealed record WeakModelChoice(IReadOnlyList<WeakModelChoice.Row> Rows, double? Correlation, int PickRank)
{
    /// <summary>A weak encoder in the heuristic's table.</summary>
    /// <param name="WeakMinusMisfit">What the table is sorted by.</param>
    /// <param name="StudentError">The student's true error.</param>
    public sealed record Row(string Weak, int Width, Spread WeakMinusMisfit, Spread StudentError);

    public Row Pick => Rows[0];

    public Row Best => Rows.MinBy(row => row.StudentError.Mean)!;

    public bool PickWasBest => PickRank == 1;

    /// <param name="panels">Of one data set, each with another weak representation.</param>
    public static WeakModelChoice Of(IReadOnlyList<PanelResult> panels)
    {
        var rows = panels
            .Select(panel => new Row(
                panel.Weak, panel.Representations[0].Width, Spread.Of(panel.Cells.Select(cell => cell.WeakMinusMisfit!.Value))!,
                Spread.Of(panel.Cells.Select(cell => cell.StudentError!.Value))!))
            .OrderBy(row => row.WeakMinusMisfit.Mean)
            .ToList();
        var correlation = GainOnMisfit.OfRanks(
            [.. rows.Select(row => row.WeakMinusMisfit.Mean)], [.. rows.Select(row => row.StudentError.Mean)]);
        return new WeakModelChoice(rows, correlation, 1 + rows.Count(row => row.StudentError.Mean < rows[0].StudentError.Mean));
    }
}
