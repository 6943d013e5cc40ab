using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// Everything that a study leaves in its folder for people and programs: tasks.csv, summary.json, report.html, and under
/// plots/ one SVG a panel, all panels of the first seed together, and gain / misfit over the seeds where there are several.
/// </summary>
public static class StudyOutputs
{
    public const string Summary = "summary.json";
    public const string Report = "report.html";
    internal const string Tasks = "tasks.csv";
    internal const string Plots = "plots";

    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public static void Write(string folder, IReadOnlyList<PanelResult> panels, ReportContext context)
    {
        var plots = Directory.CreateDirectory(Path.Combine(folder, Plots)).FullName;
        var firstSeed = panels.DistinctBy(panel => panel.Name).Select(panel => (panel.Name, Figure: PanelFigures.Of(panel))).ToList();
        foreach (var (name, figure) in firstSeed) Plot(name, ScatterPlot.Draw(figure));
        if (firstSeed.Count > 1) Plot("panels", PanelGrid.Draw("Gain against misfit", [.. firstSeed.Select(panel => panel.Figure)]));
        if (SummaryTable.HasSeveralSeeds(panels)) Plot("seeds", SeedSpreadPlot.Draw("Gain / misfit of every seed", PanelFigures.SpreadRows(panels)));

        StudyFiles.WriteTasks(Path.Combine(folder, Tasks), panels);
        AtomicFile.WriteAllText(Path.Combine(folder, Report), ReportPage.Write(panels, context));
        StudyFiles.WriteSummary(Path.Combine(folder, Summary), panels);

        void Plot(string name, string svg) => AtomicFile.WriteAllText(Path.Combine(plots, $"{name}.svg"), svg);
    }
}
