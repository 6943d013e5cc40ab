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
        var plots = Path.Combine(folder, Plots);
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
            : StageReport.Write(result, loss, RunFolder.ReadConfiguration(folder), context));
        context.KeepCommand(folder);
        ResultFile.Write(folder, result);

        void Plot(string name, string svg)
        {
            Directory.CreateDirectory(plots);
            AtomicFile.WriteAllText(Path.Combine(plots, $"{name}.svg"), svg);
        }
    }

    /// <summary>The stage's heads alone: a representation that was trained on the way has a folder, and a plot, of its own.</summary>
    private static string? LossOfHeads(string folder)
    {
        var heads = LossPlot.Curve.Read(folder, metric => metric.Source is { Kind: GradientDescent.MetricKind });
        return heads.Count == 0 ? null : LossPlot.Draw("Training loss of the heads, mean over cells", heads);
    }
}
