using System.Globalization;
using System.Text;
using W2S.Reporting;
using W2S.Reporting.Tables;
using W2S.Runs.Plans;

namespace W2S.Runs.Results;

/// <summary>report.html of a sweep: how far it is, what failed, and for every point of the grid the means over seeds with 95 % intervals.</summary>
internal static class SweepReport
{
    private const int MostRows = 500;
    private const int MostFailures = 10;

    /// <param name="tables">With their headings, and how many of the first columns are text.</param>
    /// <param name="figures">HTML, below the tables.</param>
    public static string Write(
        SweepFolder folder, IEnumerable<(string Title, TextTable Table, int Texts)> tables, string figures, SweepStatus status, ReportContext context)
    {
        var name = Path.GetFileName(folder.Path);
        var body = new StringBuilder($"<h1>Sweep {Html.Escape(name)}</h1>\n<p>{Html.Escape(HowFar(status, context))}</p>\n");
        body.Append(Failures(status));
        foreach (var table in tables)
        {
            var shown = table.Table with { Rows = [.. table.Table.Rows.Take(MostRows)] };
            body.Append($"<section>\n<h2>{Html.Escape(table.Title)}</h2>\n{Html.Table(shown, table.Texts)}");
            if (table.Table.Rows.Count > MostRows) body.Append($"<p class=\"muted\">The first {MostRows} of {table.Table.Rows.Count} rows; {Path.GetFileName(folder.ResultsFile)} has all.</p>\n");
            body.Append("</section>\n");
        }
        body.Append(figures);
        body.Append($"<p class=\"muted\">Every finished run is a row of {Path.GetFileName(folder.ResultsFile)}. Intervals are Student’s, over the runs of a row; a row with a single run has none.</p>\n");
        return HtmlPage.Write($"Sweep {name}", body.ToString(), context);
    }

    private static string HowFar(SweepStatus status, ReportContext context)
    {
        var when = context.Finished is { } now ? now.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture) + ": " : "";
        var rest = new[] { (status.Running, "running"), (status.Stalled, "stalled"), (status.Waiting + status.Held, "waiting"), (status.Failed, "failed") }
            .Where(count => count.Item1 > 0).Select(count => $"{count.Item1} {count.Item2}").ToList();
        return $"{when}{status.Done} of {status.Planned} runs are done{(rest.Count > 0 ? $"; {string.Join(", ", rest)}" : "")}.{(status.IsOver ? "" : " More results will come: collect again.")}";
    }

    private static string Failures(SweepStatus status)
    {
        var failed = status.Troubled.Where(run => run.State == RunState.Failed).ToList();
        if (failed.Count == 0) return "";
        var more = failed.Count > MostFailures ? [$"… and {failed.Count - MostFailures} more, which sweep status --json lists."] : Array.Empty<string>();
        var shown = failed.Take(MostFailures).ToList();
        return Html.Alarms([.. shown.Select(run => $"Line {run.Line}, {run.Name}, failed: {run.Message}"), .. more])
            + Html.Folded("The ends of their logs", string.Concat(shown.Where(run => run.LogEnd != "").Select(run => Html.Code($"{run.Folder}\n{run.LogEnd}"))));
    }
}
