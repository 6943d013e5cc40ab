namespace W2S.Reporting;

/// <summary>
/// Everything that a run leaves in its folder for people and programs, beside configuration, log and metrics: rows.csv,
/// report.html, under plots/ a figure for each panel (all together where there are several, gain / misfit over the seeds, the
/// training loss of a single stage), command.txt, and last summary.json, whose presence says that the run is finished.
/// </summary>
public static class StudyOutputs
{
    /// <summary>The report's file in a run's folder.</summary>
    public const string Report = "report.html";

    internal const string Plots = RunFigures.Folder;

    /// <exception cref="UserErrorException">The folder cannot be written, or its metrics.jsonl or config.yaml cannot be read.</exception>
    public static void Write(Result result, ReportContext context)
    {
        var (folder, panels) = (result.Folder, result.Panels);
        var figures = result.MeasuresGain ? PanelFigures.All(panels) : [];
        foreach (var (name, figure) in figures) Plot(name, ScatterPlot.Draw(figure));
        if (figures.Count > 1) Plot("panels", ScatterPlot.DrawGrid("Gain against misfit", [.. figures.Select(figure => figure.Figure)]));
        if (SummaryTable.HasSeveralSeeds(panels))
            Plot("seeds", SeedSpreadPlot.Draw("Gain / misfit of every seed", PanelFigures.SpreadRows(panels)));
        var loss = result.Stage == Result.StudyStage ? null : LossOfHeads(folder);
        if (loss != null) Plot("loss", loss);

        AtomicFile.WriteAllText(Path.Combine(folder, RowsCsv.FileName), RowsCsv.Write(panels));
        AtomicFile.WriteAllText(Path.Combine(folder, Report), result.Stage == Result.StudyStage
            ? ReportPage.Write(result, LossPlot.Curve.Read(folder, metric => metric.Source?.Seed == panels[0].Seed), context)
            : ReportPage.OfStage(result, loss, RunFolder.ReadConfiguration(folder), context));
        context.KeepCommand(folder);
        ResultFile.Write(folder, result);

        void Plot(string name, string svg) => WritePlot(folder, name, svg);
    }

    private static void WritePlot(string folder, string name, string svg)
    {
        var plots = Directory.CreateDirectory(Path.Combine(folder, Plots));
        AtomicFile.WriteAllText(Path.Combine(plots.FullName, $"{name}.svg"), svg);
    }

    /// <summary>The stage's heads alone: a representation that was trained on the way has a folder, and a plot, of its own.</summary>
    private static string? LossOfHeads(string folder)
    {
        var heads = LossPlot.Curve.Read(folder, metric => metric.Source is { Kind: GradientDescent.MetricKind });
        return heads.Count == 0 ? null : LossPlot.Draw("Training loss of the heads, mean over cells", heads);
    }

    /// <summary>
    /// What people find in a representation's folder beside configuration, log, metrics and checkpoints: plots/loss.svg and report.html.
    /// </summary>
    /// <exception cref="UserErrorException">The folder's metrics.jsonl or config.yaml cannot be read.</exception>
    internal static void Write(string folder, MlpStore.Summary summary, ReportContext context)
    {
        var loss = LossPlot.Draw("Pretraining loss, mean over tasks", LossPlot.Curve.Read(folder));
        WritePlot(folder, "loss", loss);
        var page = ReportPage.OfRepresentation(summary, loss, RunFolder.ReadConfiguration(folder), context);
        AtomicFile.WriteAllText(Path.Combine(folder, Report), page);
        context.KeepCommand(folder);
    }

    /// <summary>
    /// Remakes plots and report of the run in the folder, whatever kind it is, from its summary.json, config.yaml, metrics.jsonl and
    /// tables; nothing is computed.
    /// </summary>
    /// <param name="command">What the report names as its command, where the folder does not say which one made it.</param>
    /// <returns>A <see cref="Result"/> or a <see cref="MlpStore.Summary"/>.</returns>
    /// <exception cref="UserErrorException">The folder holds no finished run.</exception>
    internal static object Remake(string folder, string command)
    {
        var path = Path.Combine(folder, SummaryFile.FileName);
        var context = ReportContext.OfRun(folder, command);
        switch (SummaryFile.KindOf(path))
        {
            case SummaryFile.ResultFormat:
                var result = ResultFile.Read(folder);
                Write(result, context);
                return result;
            case SummaryFile.RepresentationFormat:
                var summary = MlpStore.Summary.Read(folder);
                Write(folder, summary, context);
                return summary;
            case var other:
                throw new UserErrorException(
                    $"{path} is the summary of {SummaryFile.InWords(other)}. Name the folder of a run that this program wrote.");
        }
    }
}
