using W2S.Data;

namespace W2S.Experiments;

/// <summary>What a finished representation has in its folder beside configuration, log, metrics and checkpoints: plots/loss.svg, report.html and last summary.json.</summary>
public static class RepresentationOutputs
{
    /// <summary>Whether they were written before.</summary>
    internal static bool Exist(string folder) => File.Exists(Path.Combine(folder, SummaryFile.FileName));

    /// <exception cref="UserErrorException">The folder's metrics.jsonl or config.yaml cannot be read.</exception>
    public static void Write(string folder, RepresentationSummary summary, ReportContext context)
    {
        var loss = LossPlot.Draw("Pretraining loss, mean over tasks", LossCurves.Read(folder));
        var plots = Directory.CreateDirectory(Path.Combine(folder, StudyOutputs.Plots));
        AtomicFile.WriteAllText(Path.Combine(plots.FullName, "loss.svg"), loss);
        AtomicFile.WriteAllText(Path.Combine(folder, StudyOutputs.Report), RepresentationReport.Write(summary, loss, RunFolder.ReadConfiguration(folder), context));
        CommandFile.Write(folder, context.Command);
        summary.Write(folder);
    }
}
