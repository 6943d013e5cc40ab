using W2S.Experiments;
using W2S.Reporting;
using W2S.Reporting.Tables;

namespace W2S.Cli;

/// <summary>What a probe found, for people: the table, what it means, and where the rest is.</summary>
internal static class ProbeText
{
    public static void Show(Result result)
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
            + $"{(panel.Options.Folds > 0 ? "folds" : panel.Cells.Count == 1 ? "split" : "splits")} of rows ({string.Join(", ", parts)}); "
            + $"seed {panel.Seed}.";
    }
}
