namespace W2S.Reporting;

// The sections on panels.
internal static partial class ReportPage
{
    /// <summary>Of so many seeds the plots are shown; a report of a hundred seeds would weigh megabytes else.</summary>
    private const int SeedsDrawn = 6;

    /// <summary>On tasks: its plot, the health of its representations, its tasks, its configuration.</summary>
    /// <param name="seeds">The panel's results, one for each seed.</param>
    /// <param name="losses">Of what was trained for the first seed, whichever panel it was for.</param>
    internal static string OfTasks(IReadOnlyList<PanelResult> seeds, IReadOnlyList<LossPlot.Curve> losses)
    {
        var first = seeds[0];
        var heading = Html.Text(PanelFigures.Of(first).Title);
        var representations = Html.Table(Representations(seeds), seeds.Count > 1 ? 4 : 3);
        return $"""
            <section id="{Html.Escape(first.Name)}">
            <h2>{heading}</h2>
            <p>{Expectation(first.Options)}</p>
            {Plots(seeds, Losses(first, losses))}<h3>Representations</h3>
            {Folding(seeds, "Representations of all seeds", representations)}{Tasks(seeds)}{Configuration(first)}</section>

            """;
    }

    private static string Expectation(Study options)
    {
        var expected = options.Expectation.Length == 0
            ? "Nothing is said about what to expect."
            : $"Expected: {Html.Text(options.Expectation)}.";
        return StudyText.Differences(options) switch
        {
            null => $"{expected} These settings are not one of the paper's panels.",
            { Count: 0 } when StudyText.ArePapers(options.Name) => $"{expected} The settings are the paper's.",
            { Count: 0 } => $"{expected} The settings are those of configs/{Html.Escape(options.Name)}.yaml.",
            var differences => $"{expected} Settings that were changed:</p>\n{Html.List(differences)}<p>",
        };
    }

    /// <summary>How the heads' loss went; nothing where it was not logged, as by closed forms.</summary>
    private static string Losses(PanelResult panel, IReadOnlyList<LossPlot.Curve> losses)
    {
        var heads = losses
            .Where(curve => curve.Source is { Kind: GradientDescent.MetricKind } source && source.Panel == panel.Name)
            .Select(curve => curve with { Job = $"{curve.Source!.Stage} heads" }).ToList();
        return heads.Count == 0
            ? ""
            : Html.Plot(LossPlot.Draw($"Training loss of the heads, seed {panel.Seed}", heads), "Mean over the tasks.");
    }

    private static string Plots(IReadOnlyList<PanelResult> seeds, string losses)
    {
        var figure = PanelFigures.Of(seeds[0]);
        if (seeds.Count == 1) return $"<div class=\"pair\">\n{Html.Plot(figure)}{losses}</div>\n";
        var drawn = seeds.Take(SeedsDrawn).Select(panel => PanelFigures.Of(panel) with { Title = $"Seed {panel.Seed}" });
        var rest = seeds.Count > SeedsDrawn
            ? $"<p class=\"muted\">The first {SeedsDrawn} of {seeds.Count} seeds; rows.csv holds all.</p>\n"
            : "";
        var plots = string.Concat(drawn.Select(figure => Html.Figure(ScatterPlot.Draw(figure, namedDots: false))));
        return $"<div class=\"grid\">\n{plots}</div>\n<p class=\"muted\">{Html.Text(figure.Caption)}</p>\n{rest}"
            + Html.Folded("Training", losses == "" ? "<p>No losses were logged.</p>\n" : losses)
            + Folding(seeds, "Measures of every seed", Html.Table(SummaryTable.Full(seeds), 2));
    }

    private static TextTable Representations(IReadOnlyList<PanelResult> seeds)
    {
        string[] seed = seeds.Count > 1 ? ["seed"] : [];
        return new TextTable(
            [.. seed, .. StageTables.HealthHeaders],
            [.. seeds.SelectMany(panel => panel.Representations.Select(representation => Row(panel, representation)))]);

        IReadOnlyList<string> Row(PanelResult panel, PanelResult.Representation representation) =>
            [.. seeds.Count > 1 ? [$"{panel.Seed}"] : Array.Empty<string>(), .. StageTables.Health(representation)];
    }

    private static string Tasks(IReadOnlyList<PanelResult> seeds)
    {
        if (seeds.Count > 1) return "";
        var tasks = seeds[0].Cells;
        return Html.Folded(Counted.AllOf(tasks.Count, "task"), Html.Table(StageTables.Cells(seeds[0]), 0));
    }

    private static string Configuration(PanelResult panel) =>
        Html.Folded("Resolved configuration", Html.Code(ConfigurationWriter.Write(panel.Options)));

    /// <summary>Long tables of many seeds are folded away.</summary>
    private static string Folding(IReadOnlyList<PanelResult> seeds, string summary, string table) =>
        seeds.Count > SeedsDrawn ? Html.Folded(summary, table) : table;

    /// <summary>On one table of data: its figure, which weak model to take, and every measure.</summary>
    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    internal static string OfTable(IReadOnlyList<PanelResult> panels)
    {
        var (first, options) = (panels[0], panels[0].Options);
        var parts = new[] { "weak", "valid", "test" }.Where(first.Examples.ContainsKey).Select(part => $"{first.Examples[part]}");
        var (labels, gained) = (Html.Text(first.Unit), Html.Text(string.Join(" ", WeakModelTables.GainInWords(panels))));
        var verdict = panels.All(panel => panel.Cells.All(cell => cell.Gain != null)) ? Html.List(Verdict.Of(panels)) : "";
        var changed = StudyText.Differences(options) is { Count: > 0 } lines
            ? $"<p>Settings that were changed:</p>\n{Html.List(lines)}"
            : "";
        var figure = Html.Plot(PanelFigures.OfTable(panels));
        var (means, splits) = (Html.Table(WeakModelTables.Means(panels)), Html.Table(WeakModelTables.Splits(panels)));
        return $"""
            <section id="{Html.Escape($"{first.Name}-{first.Data}-{first.Seed}")}">
            <h2>{Html.Text($"{PanelFindings.ShortName(first.Name)} · {first.DataTitle}")}</h2>
            <p>{string.Join(" / ", parts)} examples to train, validate and test; labels {labels}; seed {first.Seed}. {gained}</p>
            {changed}{verdict}{Html.List(StudyText.Lines(options))}{figure}{Choice(panels)}<h3>Means over splits</h3>
            {means}{Html.Intervals(panels)}{Html.Folded("Every split", splits)}{Parts(panels)}<h3>Representations</h3>
            {Html.Table(RepresentationsOfTable(panels), 3)}{Configuration(first)}</section>

            """;
    }

    /// <summary>Nothing where there is only one to take.</summary>
    private static string Choice(IReadOnlyList<PanelResult> panels) => panels.Count == 1 ? "" : $"""
        <h3>Which weak model to take</h3>
        {Html.Table(WeakModelTables.Choice(panels))}<p>{Html.Text(string.Join(" ", WeakModelTables.ChoiceInWords(panels)))}</p>

        """;

    /// <summary>Classes are what such a study is about; of numbers the table repeats the errors in other units.</summary>
    private static string Parts(IReadOnlyList<PanelResult> panels)
    {
        var title = $"{ModelTable.InWords(panels[0])} on the valid and the test part, means over splits";
        var table = Html.Table(ModelTable.OfParts(panels), 3);
        return ModelTable.HasClasses(panels[0])
            ? $"<h3>{Html.Escape(title)}</h3>\n{table}<p class=\"muted\">{Html.Text(ModelTable.OfClasses)}</p>\n"
            : Html.Folded(title, table);
    }

    private static TextTable RepresentationsOfTable(IReadOnlyList<PanelResult> panels) => new(
        ["role", "name", "what it is", "width", "weights"],
        [.. panels.SelectMany(panel => panel.Representations).DistinctBy(used => (used.Role, used.Name)).Select(used => (string[])
            [used.Role, used.Name, used.Description, $"{used.Width}", used.Digest[..Math.Min(16, used.Digest.Length)]])]);
}
