using System.Text;

namespace W2S.Runs.Results;

/// <summary>
/// report.html of a sweep: how far it is, what failed or collapsed, gain and misfit along the axes of the grid, and for every point of it
/// medians with quartiles and means with 95 % intervals.
/// </summary>
internal static class SweepReport
{
    private const int MostRows = 500;
    private const int MostFailures = 10;
    private const int MostColumns = 8;

    /// <param name="kinds">Finished runs, kind by kind.</param>
    /// <param name="collapsed">What is said of runs that medians leave out; null where there are none.</param>
    public static string Write(
        SweepFolder folder, IEnumerable<IGrouping<string, CollectedRun>> kinds, string? collapsed, SweepStatus status, ReportContext context)
    {
        var name = Path.GetFileName(folder.Path);
        var body = new StringBuilder($"<h1>Sweep {Html.Escape(name)}</h1>\n<p>{Html.Text(HowFar(status, context))}</p>\n");
        body.Append(Failures(status));
        if (collapsed != null) body.Append(Html.Alarms([collapsed]));
        body.Append(Files(folder));
        foreach (var kind in kinds)
        {
            var labels = SweepLabels.For([.. kind.Select(run => run.Planned)]);
            var points = SweepPoint.Of([.. kind], labels);
            body.Append(SweepFigures.Write(labels, points)).Append(Section(SweepTable.Full(kind.Key, labels, points), folder));
            body.Append(SweepFigures.Matrices([.. kind])).Append(Runs(kind.Key, folder, labels, points));
        }
        body.Append("<p class=\"muted\">Quartiles are those of the runs of a row; intervals are Student’s. A row with a single run has neither.</p>\n");
        return Html.Page($"Sweep {name}", body.ToString(), context);
    }

    private static string Section(SweepTable table, SweepFolder folder)
    {
        var shown = table.Table with { Rows = [.. table.Table.Rows.Take(MostRows)] };
        var more = table.Table.Rows.Count > MostRows ? $"<p class=\"muted\">The first {MostRows} of {table.Table.Rows.Count} rows; {Path.GetFileName(folder.ResultsFile)} has all.</p>\n" : "";
        return $"<section>\n<h2>{Html.Text(table.Title)}</h2>\n{Scrolls(shown.Headers.Count)}{Html.Table(shown, table.Labels)}{more}</section>\n";
    }

    /// <summary>Says that a table goes on where the screen ends.</summary>
    private static string Scrolls(int columns) =>
        columns > MostColumns
            ? $"<p class=\"muted\">{columns} columns: the table scrolls sideways where the screen is narrower.</p>\n"
            : "";

    /// <summary>Every run with a link to its folder.</summary>
    private static string Runs(string kind, SweepFolder folder, SweepLabels labels, IReadOnlyList<SweepPoint> points)
    {
        string[] measures = [.. new[] { "gain", "misfit", "gain_over_misfit", "loss" }.Intersect(SweepPoint.Measures(points.SelectMany(point => point.Runs)))];
        string[] headers = ["run", .. labels.Headers, "chance", .. measures, "seconds", ""];
        var html = new StringBuilder($"<div class=\"wide\"><table>\n<thead><tr>{string.Concat(headers.Select(header => $"<th scope=\"col\">{Html.Text(header)}</th>"))}</tr></thead>\n<tbody>\n");
        foreach (var (point, run) in points.SelectMany(point => point.Runs.Select(run => (point, run))).Take(MostRows))
        {
            var link = Path.GetRelativePath(folder.Path, folder.Run(run.Planned.Identity));
            string[] cells = [.. point.Labels, SweepLabels.ChanceOf(run.Planned)];
            string[] numbers = [.. measures.Select(measure => NumberText.Measure(run.Measures.GetValueOrDefault(measure))), NumberText.Measure(run.Seconds)];
            html.Append($"<tr><td><a href=\"{Html.Escape(link)}/\">{Html.Escape(run.Planned.Name)}</a></td>{string.Concat(cells.Select(cell => $"<td>{Html.Text(cell)}</td>"))}"
                + $"{string.Concat(numbers.Select(cell => $"<td class=\"number\">{cell}</td>"))}<td>{(SweepPoint.HasCollapsed(run) ? "collapsed" : "")}</td></tr>\n");
        }
        var count = points.Sum(point => point.Runs.Count);
        html.Append("</tbody></table></div>\n");
        if (count > MostRows) html.Append($"<p class=\"muted\">The first {MostRows} of {count} runs.</p>\n");
        return Html.Folded($"{Counted.AllOf(count, "run")} of the kind {kind}, with links to their folders", html.ToString());
    }

    private static string Files(SweepFolder folder)
    {
        string[] files = [.. Directory.GetFiles(folder.Path, "results*.csv").Append(folder.TasksFile).Where(File.Exists).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        return $"<p>Every number is in {string.Join(", ", files.Select(file => $"<a href=\"{Html.Escape(file)}\">{Html.Escape(file)}</a>"))}: a row a run, and in tasks.csv a row for each task or split.</p>\n";
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
        var failed = status.Troubled.Where(run => run.State == SweepStatus.RunState.Failed).ToList();
        if (failed.Count == 0) return "";
        var more = failed.Count > MostFailures
            ? [$"… and {failed.Count - MostFailures} more, which sweep status --json lists."]
            : Array.Empty<string>();
        var shown = failed.Take(MostFailures).ToList();
        return Html.Alarms([.. shown.Select(run => $"Line {run.Line}, {run.Name}, failed: {run.Message}"), .. more])
            + Html.Folded(
                "The ends of their logs",
                string.Concat(shown.Where(run => run.LogEnd != "").Select(run => Html.Code($"{run.Folder}\n{run.LogEnd}"))));
    }
}
