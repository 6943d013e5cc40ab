namespace W2S.Reporting;

/// <summary>
/// What people find in a representation's folder beside configuration, log, metrics and checkpoints: plots/loss.svg and report.html.
/// </summary>
internal static class RepresentationOutputs
{
    /// <exception cref="UserErrorException">The folder's metrics.jsonl or config.yaml cannot be read.</exception>
    public static void Write(string folder, RepresentationSummary summary, ReportContext context)
    {
        var loss = LossPlot.Draw("Pretraining loss, mean over tasks", LossPlot.Curve.Read(folder));
        var plots = Directory.CreateDirectory(Path.Combine(folder, StudyOutputs.Plots));
        AtomicFile.WriteAllText(Path.Combine(plots.FullName, "loss.svg"), loss);
        AtomicFile.WriteAllText(
            Path.Combine(folder, StudyOutputs.Report), Page(summary, loss, RunFolder.ReadConfiguration(folder), context));
        context.KeepCommand(folder);
    }

    /// <summary>report.html.</summary>
    /// <param name="loss">The plot of the training loss.</param>
    /// <param name="configuration">The folder's config.yaml.</param>
    private static string Page(RepresentationSummary summary, string loss, string configuration, ReportContext context)
    {
        var cells = new TextTable(
            ["parameters", "steps", "epochs", "last loss"],
            [[Count(summary.Parameters), Count(summary.Steps), NumberText.Exact(summary.Epochs), NumberText.Measure(summary.Loss)]]);
        const string collapse = "Whether it has collapsed shows where heads are fitted on it: in the reports of the stages.";
        var made = $"Trained so that frozen, known heads on it predict the pretraining tasks; seed {summary.Seed}. "
            + $"Engine: {summary.Engine}.{HtmlPage.Finished(context)}";
        return HtmlPage.Write($"Representation {summary.Description}, seed {summary.Seed}", $"""
            <h1>Representation, {Html.Text(summary.Description)}</h1>
            <p>{Html.Text(made)}</p>
            {Html.Table(cells, 0)}{Html.Plot(loss)}<p class="muted">{collapse}</p>
            {Html.Folded("Resolved configuration", Html.Code(configuration))}
            """, context, [.. HtmlPage.RunFiles().Where(file => file.Name != "rows.csv")]);
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
