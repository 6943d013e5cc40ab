namespace W2S.Reporting;

/// <summary>The report's section on one table of data: its figure, which weak model to take, and every measure.</summary>
internal static class TableSection
{
    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    internal static string Write(IReadOnlyList<PanelResult> panels)
    {
        var (first, options) = (panels[0], panels[0].Options);
        var parts = new[] { "weak", "valid", "test" }.Where(first.Examples.ContainsKey).Select(part => $"{first.Examples[part]}");
        return $"""
            <section id="{Html.Escape($"{first.Name}-{first.Data}-{first.Seed}")}">
            <h2>{Html.Text($"{PanelFindings.ShortName(first.Name)} · {first.DataTitle}")}</h2>
            <p>{string.Join(" / ", parts)} examples to train, validate and test; labels {Html.Text(first.Unit)}; seed {first.Seed}. {Html.Text(string.Join(" ", WeakModelTables.GainInWords(panels)))}</p>
            {Changed(options)}{(panels.All(panel => panel.Cells.All(cell => cell.Gain != null)) ? Html.List(Verdict.Of(panels)) : "")}{Html.List(StudyText.Lines(options))}{Plot(PanelFigures.OfTable(panels))}<h3>Which weak model to take</h3>
            {Html.Table(WeakModelTables.Choice(panels))}<p>{Html.Text(string.Join(" ", WeakModelTables.ChoiceInWords(panels)))}</p>
            <h3>Means over splits</h3>
            {Html.Table(WeakModelTables.Means(panels))}{HtmlPage.Intervals(panels)}{Html.Folded("Every split", Html.Table(WeakModelTables.Splits(panels)))}{Parts(panels)}<h3>Representations</h3>
            {Html.Table(Representations(panels), 3)}{Html.Folded("Resolved configuration", Html.Code(ConfigurationWriter.Write(options)))}</section>

            """;
    }

    private static string Plot(ScatterFigure figure) => Html.Plot(ScatterPlot.Draw(figure), figure.Caption);

    private static string Changed(Study study) => ShippedDifferences.Of(study) is { Count: > 0 } differences
        ? $"<p>Settings that were changed:</p>\n{Html.List(differences)}"
        : "";

    /// <summary>Classes are what such a study is about; of numbers the table repeats the errors in other units.</summary>
    private static string Parts(IReadOnlyList<PanelResult> panels)
    {
        var title = $"{ModelTable.InWords(panels[0])} on the valid and the test part, means over splits";
        var table = Html.Table(ModelTable.OfParts(panels), 3);
        return ModelTable.HasClasses(panels[0])
            ? $"<h3>{Html.Escape(title)}</h3>\n{table}<p class=\"muted\">{Html.Text(ModelTable.OfClasses)}</p>\n"
            : Html.Folded(title, table);
    }

    private static TextTable Representations(IReadOnlyList<PanelResult> panels) => new(
        ["role", "name", "what it is", "width", "weights"],
        [.. panels.SelectMany(panel => panel.Representations).DistinctBy(used => (used.Role, used.Name)).Select(used => (string[])
            [used.Role, used.Name, used.Description, $"{used.Width}", used.Digest[..Math.Min(16, used.Digest.Length)]])]);
}
