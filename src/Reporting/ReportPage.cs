namespace W2S.Reporting;

/// <summary>
/// report.html: everything about a study on one page that needs no network: what was run, the summary, the plots, and
/// each panel's representations, tasks and settings.
/// </summary>
internal static partial class ReportPage
{
    private const int MostCurves = 8;

    /// <param name="losses">Of what was trained for the first seed.</param>
    /// <exception cref="ArgumentException">There is no panel.</exception>
    public static string Write(Result result, IReadOnlyList<LossPlot.Curve> losses, ReportContext context)
    {
        var panels = result.Panels;
        if (panels.Count == 0) throw new ArgumentException("A report needs at least one panel.", nameof(result));
        var byName = panels.GroupBy(panel => panel.Name).Select(IReadOnlyList<PanelResult> (seeds) => [.. seeds]).ToArray();
        var tasks = byName.Where(seeds => seeds[0].Options.IsGaussian).ToArray();
        var tables = panels.Where(panel => !panel.Options.IsGaussian)
            .GroupBy(panel => (panel.Name, panel.Data, panel.Seed)).Select(IReadOnlyList<PanelResult> (set) => [.. set]);
        var summary = tasks.Length == 0 ? "" : $"<h2>Summary</h2>\n{Summary([.. tasks.SelectMany(seeds => seeds)], tasks)}";
        return Html.Page($"Weak-to-strong generalisation: {Names(byName)}", $"""
            <h1>Gain and misfit in weak-to-strong generalisation</h1>
            <p>{Html.Text(WhatWasRun(result, byName, context))}</p>
            {Alarms(panels)}{summary}<h3>How to read it</h3>
            {HowToRead(panels)}
            {string.Concat(tasks.Select(seeds => OfTasks(seeds, losses)))}{string.Concat(tables.Select(OfTable))}{Representations(losses)}
            """, context, Html.RunFiles());
    }

    private static string HowToRead(IReadOnlyList<PanelResult> panels) =>
        "<p>A weak model labels data for a strong one: <em>gain</em> is how much smaller the strong student's error is than the weak "
        + "model's,\nand <em>misfit</em> is how far the student's predictions are from the weak labels it was taught, both "
        + $"{Divergence(panels)} on examples that no head was fitted on.\nThe paper (Charikar, Pabbaraju and Shiragur, arXiv 2405.15116) "
        + "shows that gain is at least misfit where the strong model could represent the truth,\nso dots near y = x confirm it, and dots "
        + "near y = −x mean that the student unlearned what its teacher knew.\nIts heuristic takes the weak model with the least weak "
        + "error − misfit.\nThe ceiling is the strong model taught with true labels, and PGR, the performance gap recovered, is gain / "
        + "(weak error − ceiling), median over the tasks for which that gap exists (the others are counted in brackets).</p>";

    private static string Divergence(IReadOnlyList<PanelResult> panels) => panels.All(panel => StudyText.IsSquared(panel.Options))
        ? "as mean squared differences"
        : $"as the panel's objective counts them ({string.Join(", ", panels.Select(panel => panel.Options.Objective.Name).Distinct())}: "
            + "for cross-entropy KL in nats, model before truth and teacher before student)";

    private static string Summary(IReadOnlyList<PanelResult> panels, IReadOnlyList<IReadOnlyList<PanelResult>> byName)
    {
        if (SummaryTable.HasSeveralSeeds(panels))
        {
            var strip = SeedSpreadPlot.Draw("Gain / misfit of every seed", PanelFigures.SpreadRows(panels));
            return Html.Table(SummaryTable.Spread(panels)) + Html.Table(SummaryTable.SpreadOfMeasures(panels), 2)
                + Html.Intervals(panels) + Html.Figure(strip, " class=\"strip\"") + Classes(panels);
        }
        var plots = byName.Select(seeds => Html.Figure(ScatterPlot.Draw(PanelFigures.Of(seeds[0]), namedDots: false)));
        var overview = byName.Count == 1 ? "" : $"<div class=\"grid\">\n{string.Concat(plots)}</div>\n";
        return Html.Table(SummaryTable.Full(panels)) + Html.Intervals(panels) + Classes(panels) + overview;
    }

    /// <summary>Nothing where no panel has classes.</summary>
    internal static string Classes(IReadOnlyList<PanelResult> panels) =>
        ModelTable.OfTasks(panels) is { } table
            ? $"{Html.Table(table, 2)}<p class=\"muted\">{Html.Text(ModelTable.OfClasses)}</p>\n"
            : "";

    private static string WhatWasRun(Result result, IReadOnlyList<IReadOnlyList<PanelResult>> byName, ReportContext context)
    {
        var panels = result.Panels;
        var seeds = panels.Select(panel => panel.Seed).Distinct().Order().ToArray();
        var seedText = seeds.Length switch
        {
            1 => $"seed {seeds[0]}",
            <= 10 => $"seeds {string.Join(", ", seeds)}",
            _ => $"{seeds.Length} seeds ({seeds[0]} to {seeds[^1]})",
        };
        return $"{Names(byName)}; {seedText}; {panels.Sum(panel => panel.Cells.Count)} "
            + $"{(panels.All(panel => panel.Options.IsGaussian) ? "tasks" : "splits")} in all. Engine: "
            + $"{string.Join(", ", panels.Select(panel => panel.Engine).Distinct())}. {Time(result)}{Html.Finished(context)} "
            + $"{Differences(byName)}";
    }

    /// <summary>Wall time, which panels share, and the work of each panel for itself: what it shares counts in each.</summary>
    private static string Time(Result result)
    {
        var work = NumberText.Duration(result.Panels.Sum(panel => panel.Seconds));
        var wall = result.Seconds is { } seconds ? $"Took {NumberText.Duration(seconds)}. " : "";
        return result.Panels.Count == 1
            ? $"{wall}Work: {work}."
            : $"{wall}Work, had each panel run by itself and trained what it shares with others: {work}.";
    }

    private static string Representations(IReadOnlyList<LossPlot.Curve> losses)
    {
        var curves = losses.Where(curve => curve.Source is { Kind: MlpStore.MetricKind }).Take(MostCurves).ToList();
        return curves.Count == 0 ? "" : $"""
            <section id="training">
            <h2>Training of the representations</h2>
            {Html.Plot(LossPlot.Draw("Pretraining loss, mean over tasks", curves))}</section>

            """;
    }

    private static string Differences(IReadOnlyList<IReadOnlyList<PanelResult>> byName)
    {
        var changed = Named(panel => StudyText.Differences(panel) is { Count: > 0 });
        var own = Named(panel => StudyText.Differences(panel) == null);
        var ours = Named(panel => StudyText.Differences(panel) is { Count: 0 } && !StudyText.ArePapers(panel.Name));
        if (changed.Count + own.Count + ours.Count == 0) return "All settings are the paper's.";
        return string.Join(' ', new[]
        {
            changed.Count == 0 ? "" : $"Settings were changed in {string.Join(", ", changed)}: the sections name them.",
            ours.Count == 0 ? "" : $"The settings of {string.Join(", ", ours)} are those of the files in configs/, "
                + "which say what is not the paper's.",
            own.Count == 0 ? "" : $"The paper has no panel {string.Join(", ", own)}.",
        }.Where(sentence => sentence != ""));

        List<string> Named(Func<Study, bool> isMeant) =>
            [.. byName.Where(seeds => isMeant(seeds[0].Options)).Select(seeds => PanelFindings.ShortName(seeds[0].Name))];
    }

    private static string Names(IReadOnlyList<IReadOnlyList<PanelResult>> byName) =>
        (byName.Count == 1 ? "Panel " : "Panels ") + string.Join(", ", byName.Select(seeds => PanelFindings.ShortName(seeds[0].Name)));

    private static string Alarms(IReadOnlyList<PanelResult> panels)
    {
        const int listed = 10;
        var notes = SummaryTable.Notes(panels);
        var more = notes.Count > listed ? [$"… and {notes.Count - listed} more: see the sections below."] : Array.Empty<string>();
        return Html.Alarms([.. notes.Take(listed), .. more]);
    }
}
