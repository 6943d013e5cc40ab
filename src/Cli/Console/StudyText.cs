using W2S.Experiments;

namespace W2S.Cli;

/// <summary>A study's results for people: the tables, what one must know about them, and where the report is.</summary>
internal static class StudyText
{
    // More rows than one reads on a screen; the report has them all.
    private const int MostRows = 60;
    private const int MostNotes = 12;

    public static void Show(IReadOnlyList<PanelResult> panels, string folder)
    {
        List<string> parts = [];
        if (panels.Count <= MostRows) parts.Add(TableText.Write(SummaryTable.Compact(panels), TableText.OutputWidth));
        if (panels.DistinctBy(panel => panel.Seed).Count() > 1) parts.Add(TableText.Write(SummaryTable.Spread(panels), TableText.OutputWidth));
        var notes = SummaryTable.Notes(panels);
        if (notes.Count > 0)
        {
            var more = notes.Count > MostNotes ? $"… and {notes.Count - MostNotes} more; the report names them all.\n" : "";
            parts.Add(string.Concat(notes.Take(MostNotes).Select(note => note + "\n")) + more);
        }
        parts.Add(Path.Combine(folder, StudyOutputs.Report) + "\n");
        Console.Write(string.Join('\n', parts));
    }
}
