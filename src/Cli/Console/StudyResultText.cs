namespace W2S.Cli;

/// <summary>A study's results for people: the tables, what one must know about them, and where the report is.</summary>
internal static class StudyResultText
{
    // More rows than one reads on a screen; the report has them all.
    private const int MostRows = 60;
    private const int MostNotes = 12;

    public static void Show(Result result)
    {
        if (result.Panels.All(panel => panel.Name == ProbeStudy.Name))
        {
            ShowProbe(result);
            return;
        }
        List<string> parts = [.. Tasks([.. result.Panels.Where(panel => panel.Options.IsGaussian)])];
        foreach (var set in result.Panels.Where(panel => !panel.Options.IsGaussian).GroupBy(panel => (panel.Name, panel.Data, panel.Seed)))
            parts.AddRange(Table([.. set]));
        var notes = SummaryTable.Notes(result.Panels);
        if (notes.Count > 0)
        {
            var more = notes.Count > MostNotes ? $"… and {notes.Count - MostNotes} more; the report names them all.\n" : "";
            parts.Add(string.Concat(notes.Take(MostNotes).Select(note => TableText.Wrapped(note, "  ") + "\n")) + more);
        }
        parts.Add(Path.Combine(result.Folder, StudyOutputs.Report) + "\n");
        Console.Write(string.Join('\n', parts));
    }

    private static IEnumerable<string> Tasks(IReadOnlyList<PanelResult> panels)
    {
        if (panels.Count is > 0 and <= MostRows) yield return TableText.Write(SummaryTable.Compact(panels), TableText.OutputWidth);
        if (panels.DistinctBy(panel => panel.Seed).Count() > 1)
            yield return TableText.Write(SummaryTable.Spread(panels), TableText.OutputWidth);
        if (panels.Count is > 0 and <= MostRows)
            foreach (var part in Beside(panels)) yield return part;
    }

    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    private static IEnumerable<string> Table(IReadOnlyList<PanelResult> panels)
    {
        var first = panels[0];
        yield return $"{first.DataTitle}, mean ± standard deviation over splits {string.Join(", ", first.Cells.Select(cell => cell.Cell))}; seed {first.Seed}\n{Lines(StudyText.Lines(first.Options))}";
        yield return TableText.Write(WeakModelTables.Choice(panels), TableText.OutputWidth) + Lines(WeakModelTables.ChoiceInWords(panels));
        yield return TableText.Write(WeakModelTables.Means(panels), TableText.OutputWidth) + Lines(WeakModelTables.GainInWords(panels));
        foreach (var part in Beside(panels)) yield return part;
    }

    /// <summary>How sure gain and misfit are, and how good models of classes are; each table with what it says.</summary>
    /// <param name="panels">Of tasks, or of one table and seed.</param>
    internal static IEnumerable<string> Beside(IReadOnlyList<PanelResult> panels)
    {
        var classes = panels[0].Options.IsGaussian ? ModelTable.OfTasks(panels)
            : panels[0].Options.Targets > 1 ? ModelTable.OfParts(panels)
            : null;
        if (IntervalTable.Of(panels, errors: false) is { } intervals) yield return Said(intervals, IntervalTable.InWords(panels));
        if (classes != null) yield return Said(classes, ModelTable.OfClasses);

        static string Said(TextTable table, string sentence) =>
            $"{TableText.Write(table, TableText.OutputWidth)}{TableText.Wrapped(sentence)}\n";
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    /// <summary>What a probe found: the table, what it means, and where the rest is.</summary>
    private static void ShowProbe(Result result)
    {
        var parts = new List<string>();
        foreach (var set in result.Panels.GroupBy(panel => panel.Seed))
        {
            IReadOnlyList<PanelResult> panels = [.. set];
            var first = panels[0];
            parts.Add(string.Concat(StudyText.Lines(first.Options).Prepend(Heading(first)).Select(line => TableText.Wrapped(line) + "\n")));
            parts.Add(TableText.Write(Verdict.Table(panels), TableText.OutputWidth));
            if (Verdict.Classes(panels) is { } classes) parts.Add(TableText.Write(classes, TableText.OutputWidth));
            parts.Add(string.Concat(Verdict.Of(panels).Select(sentence => TableText.Wrapped(sentence) + "\n")));
        }
        parts.Add(Path.Combine(result.Folder, StudyOutputs.Report) + "\n");
        Console.Write(string.Join('\n', parts));
    }

    private static string Heading(PanelResult panel)
    {
        var parts = new[] { "weak", "student", "evaluation" }.Where(panel.Examples.ContainsKey)
            .Select(part => $"{panel.Examples[part]} {part}");
        return $"{panel.DataTitle}, strong features {panel.Strong}; {panel.Cells.Count} "
            + $"{(panel.Options.Folds > 0 ? "folds" : Counted.Word(panel.Cells.Count, "split"))} of rows ({string.Join(", ", parts)}); "
            + $"seed {panel.Seed}.";
    }
}
