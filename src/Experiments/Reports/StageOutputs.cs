using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// Everything that a single stage leaves in its folder beside configuration, log, metrics and checkpoints: tasks.csv,
/// plots/loss.svg where heads were fitted by gradient descent, plots/NAME.svg where gain was measured, report.html, and
/// last summary.json, whose presence says that the run is finished.
/// </summary>
public static class StageOutputs
{
    /// <exception cref="UserErrorException">The folder's metrics.jsonl or config.yaml cannot be read.</exception>
    public static void Write(StageRun run, ReportContext context)
    {
        // The stage's heads alone: a representation that was trained on the way has a folder, and a plot, of its own.
        var heads = LossCurves.Read(run.Folder).Where(curve => !curve.Job.StartsWith("representation ", StringComparison.Ordinal)).ToList();
        var loss = heads.Count == 0 ? null : LossPlot.Draw("Training loss of the heads, mean over tasks", heads);
        var scatter = run.MeasuresGain ? ScatterPlot.Draw(StageFigure.Of(run)) : null;
        Plot("loss", loss);
        Plot(run.Name, scatter);
        AtomicFile.WriteAllText(Path.Combine(run.Folder, StudyOutputs.Tasks), TasksCsv.Write(run.Tasks.Select(task => (run.Name, run.Seed, task))));
        AtomicFile.WriteAllText(Path.Combine(run.Folder, StudyOutputs.Report), StageReport.Write(run, loss, scatter, RunFolder.ReadConfiguration(run.Folder), context));
        CommandFile.Write(run.Folder, context.Command);
        run.Write();

        void Plot(string name, string? svg)
        {
            if (svg == null) return;
            var plots = Directory.CreateDirectory(Path.Combine(run.Folder, StudyOutputs.Plots));
            AtomicFile.WriteAllText(Path.Combine(plots.FullName, $"{name}.svg"), svg);
        }
    }
}
