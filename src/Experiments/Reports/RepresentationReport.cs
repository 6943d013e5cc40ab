using System.Globalization;

namespace W2S.Experiments;

/// <summary>report.html of a pretrained representation.</summary>
internal static class RepresentationReport
{
    /// <param name="loss">The plot of the training loss.</param>
    /// <param name="configuration">The folder's config.yaml.</param>
    internal static string Write(RepresentationSummary summary, string loss, string configuration, ReportContext context)
    {
        var cells = new TextTable(
            ["parameters", "steps", "epochs", "last loss"],
            [[Count(summary.Parameters), Count(summary.Steps), NumberText.Exact(summary.Epochs), NumberText.Measure(summary.Loss)]]);
        return HtmlPage.Write($"Representation {summary.Description}, seed {summary.Seed}", $"""
            <h1>Representation, {Html.Escape(summary.Description)}</h1>
            <p>{Html.Escape($"Trained so that frozen, known heads on it predict the pretraining tasks; seed {summary.Seed}. Engine: {summary.Engine}.{HtmlPage.Finished(context)}")}</p>
            {Html.Table(cells, 0)}{Html.Figure(loss)}<p class="muted">Whether it has collapsed shows where heads are fitted on it: in the reports of the stages.</p>
            {Html.Folded("Resolved configuration", Html.Code(configuration))}
            """, context);
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
