using System.Globalization;

namespace W2S.Experiments;

/// <summary>report.html of a single stage: what it used, what it measured, and how to make it again.</summary>
internal static class StageReport
{
    /// <param name="loss">The plot of the training loss; null where nothing was trained.</param>
    /// <param name="scatter">The plot of gain against misfit; null where no gain was measured.</param>
    /// <param name="configuration">The folder's config.yaml.</param>
    internal static string Write(StageRun run, string? loss, string? scatter, string configuration, ReportContext context)
    {
        var heading = Heading(run.Stage);
        return HtmlPage.Write($"{heading}, seed {run.Seed}", $"""
            <h1>{Html.Escape(heading)}</h1>
            <p>{Html.Escape(WhatWasDone(run, context))}</p>
            {Html.Alarms(RepresentationHealth.Alarms(run.Representations))}<h2>What was measured</h2>
            {Html.Table(TaskTables.Means(run), 0)}<p class="muted">Mean squared errors on fresh samples, means over the tasks.{Explanation(run)}</p>
            {(scatter == null ? "" : Html.Figure(scatter))}{Html.Folded($"All {run.Tasks.Count} tasks", Html.Table(TaskTables.Tasks(run.Tasks), 0))}<h2>What was used</h2>
            {Html.Table(Parts(run), 2)}{(loss == null ? "" : Html.Figure(loss))}<h3>Representations on fresh samples</h3>
            {Html.Table(new TextTable(RepresentationHealth.Headers, [.. run.Representations.Select(RepresentationHealth.Cells)]), 3)}{Html.Folded("Resolved configuration", Html.Code(configuration))}
            """, context);
    }

    private static string Heading(string stage) => stage switch
    {
        "weak" => "Weak model: heads on the weak representation, taught the truth",
        "student" => "Student: heads on the strong representation, taught by the weak model",
        "strong" => "Ceiling: heads on the strong representation, taught the truth",
        _ => "Evaluation of a student",
    };

    private static string WhatWasDone(StageRun run, ReportContext context) =>
        $"{run.Tasks.Count} tasks; seed {run.Seed}. Engine: {run.Engine}. Work: {NumberText.Duration(run.Seconds)}; what earlier runs had finished was used again and is not counted."
        + HtmlPage.Finished(context);

    private static string Explanation(StageRun run) => !run.MeasuresGain ? "" :
        " Gain is weak error − student error, misfit the distance of the student from the weak model; slope and corr say how gain follows misfit (arXiv 2405.15116 expects 1)."
        + (run.Tasks.Any(task => task.StrongError != null) ? " PGR, the performance gap recovered, is gain / (weak error − ceiling), median over the tasks that have such a gap." : "");

    private static TextTable Parts(StageRun run) => new(
        ["part", "how", "steps", "last loss", "checkpoints"],
        [.. run.Parts.Select(IReadOnlyList<string> (part) =>
        [
            part.Name, part.How, part.Steps == 0 ? NumberText.Nothing : part.Steps.ToString("N0", CultureInfo.InvariantCulture), NumberText.Measure(part.Loss),
            part.Folder == null ? NumberText.Nothing : Path.GetRelativePath(run.Folder, part.Folder),
        ])]);
}
