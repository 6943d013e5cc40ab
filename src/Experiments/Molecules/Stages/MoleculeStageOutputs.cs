using System.Globalization;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// What a molecular stage leaves in its folder beside configuration, log and checkpoints: predictions.csv, report.html, and
/// last summary.json, whose presence says that the run is finished.
/// </summary>
public static class MoleculeStageOutputs
{
    /// <exception cref="UserErrorException">The folder's config.yaml cannot be read.</exception>
    public static void Write(MoleculeStageRun run, ReportContext context)
    {
        AtomicFile.WriteAllText(Path.Combine(run.Folder, StudyOutputs.Report), Report(run, RunFolder.ReadConfiguration(run.Folder), context));
        CommandFile.Write(run.Folder, context.Command);
        run.Write();
    }

    private static string Report(MoleculeStageRun run, string configuration, ReportContext context)
    {
        var heading = Heading(run);
        return HtmlPage.Write(heading, $"""
            <h1>{Html.Escape(heading)}</h1>
            <p>{Html.Escape($"{MoleculeStageTables.Protocol(run)} Work: {NumberText.Duration(run.Seconds)}; what earlier runs had finished was used again and is not counted.{HtmlPage.Finished(context)}")}</p>
            <h2>What was measured</h2>
            {(run.Splits.All(split => split.Gain != null) ? GainSection(run) : "")}<h3>Errors of {Model(run)}</h3>
            {Html.Table(MoleculeStageTables.Errors(run), 2)}<p class="muted">{Html.Escape(MoleculeStageTables.Units(run))}</p>
            <h2>What was used</h2>
            {Html.Table(Parts(run), 2)}{Html.Folded("Resolved configuration", Html.Code(configuration))}
            """, context);
    }

    private static string GainSection(MoleculeStageRun run) =>
        $"{Html.Table(MoleculeStageTables.Gains(run))}<p class=\"muted\">Mean squared errors on the test parts. Gain is weak error − student error, misfit the distance of the student from the weak model."
        + $"{(run.Splits.Any(split => split.Strong != null) ? " PGR, the performance gap recovered, is gain / (weak error − ceiling)." : "")}</p>\n";

    private static string Heading(MoleculeStageRun run) => run.Stage switch
    {
        "weak" => $"Weak model on {run.Title}",
        "student" => $"Student on {run.Title}, taught by the weak model",
        "strong" => $"Ceiling on {run.Title}",
        _ => $"Evaluation of a student on {run.Title}",
    };

    private static string Model(MoleculeStageRun run) => run.Stage switch { "weak" => "the weak model", "strong" => "the ceiling", _ => "the student" };

    private static TextTable Parts(MoleculeStageRun run) => new(
        ["part", "how", "steps", "last loss", "folder"],
        [.. run.Parts.Select(IReadOnlyList<string> (part) =>
        [
            part.Name, part.How, part.Steps == 0 ? NumberText.Nothing : part.Steps.ToString("N0", CultureInfo.InvariantCulture), NumberText.Measure(part.Loss),
            part.Folder == null ? NumberText.Nothing : Path.GetRelativePath(run.Folder, part.Folder),
        ])]);
}
