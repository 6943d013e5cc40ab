namespace W2S.Runs.Results;

/// <summary>
/// report.html of a sweep: how far it is, what failed or collapsed, gain and misfit along the axes of the grid, and for every point of it
/// medians with quartiles and means with 95 % intervals.
/// </summary>
internal static partial class SweepReport
{
    private const int MostRows = 500;
    private const int MostFailures = 10;
    private const int MostColumns = 8;

    /// <param name="kinds">What finished runs come to, kind by kind.</param>
    /// <param name="collapsed">What is said of runs that medians leave out; null where there are none.</param>
    public static string Write(
        SweepFolder folder, IReadOnlyList<SweepSummary> kinds, string? collapsed, SweepStatus status, ReportContext context)
    {
        var name = Path.GetFileName(folder.Path);
        var alarm = collapsed == null ? "" : Html.Alarms([collapsed]);
        var spreads = Muted("Quartiles are those of the runs of a row; intervals are Student’s. A row with a single run has neither.");
        return Html.Page($"Sweep {name}", $"""
            <h1>Sweep {Html.Escape(name)}</h1>
            <p>{Html.Text(HowFar(status, context))}</p>
            {Failures(status)}{alarm}{Files(folder)}{string.Concat(kinds.Select(Kind))}{spreads}
            """, context);

        string Kind(SweepSummary kind) => Figures(kind) + Section(kind, folder) + Matrices(kind.Runs) + Runs(kind, folder);
    }

    private static string Section(SweepSummary kind, SweepFolder folder)
    {
        var (title, table) = kind.Full();
        var shown = table with { Rows = [.. table.Rows.Take(MostRows)] };
        var more = table.Rows.Count <= MostRows ? ""
            : Muted($"The first {MostRows} of {table.Rows.Count} rows; {Path.GetFileName(folder.ResultsFile)} has all.");
        var columns = shown.Headers.Count;
        // That a table goes on where the screen ends.
        var scrolls = columns <= MostColumns ? "" : Muted($"{columns} columns: the table scrolls sideways where the screen is narrower.");
        return $"<section>\n<h2>{Html.Text(title)}</h2>\n{scrolls}{Html.Table(shown, kind.Labels.Headers.Count)}{more}</section>\n";
    }

    private static string Muted(string text) => $"<p class=\"muted\">{text}</p>\n";

    /// <summary>Every run with a link to its folder.</summary>
    private static string Runs(SweepSummary kind, SweepFolder folder)
    {
        string[] measures = [.. new[] { "gain", "misfit", "gain_over_misfit", "loss" }.Intersect(kind.Measures)];
        string[] headers = ["run", .. kind.Labels.Headers, "chance", .. measures, "seconds", ""];
        var rows = kind.Points.SelectMany(point => point.Runs.Select(run => Row(point, run))).Take(MostRows);
        var count = kind.Runs.Count;
        return Html.Folded(
            $"{Counted.AllOf(count, "run")} of the kind {kind.Kind}, with links to their folders", $"""
            <div class="wide"><table>
            <thead><tr>{string.Concat(headers.Select(header => $"<th scope=\"col\">{Html.Text(header)}</th>"))}</tr></thead>
            <tbody>
            {string.Concat(rows)}</tbody></table></div>

            """ + (count > MostRows ? Muted($"The first {MostRows} of {count} runs.") : ""));

        string Row(SweepSummary.Point point, SweepSummary.Run run)
        {
            var link = Html.Escape(Path.GetRelativePath(folder.Path, folder.Run(run.Planned.Identity)));
            var cells = point.Labels.Append(SweepLabels.ChanceOf(run.Planned)).Select(cell => $"<td>{Html.Text(cell)}</td>");
            var numbers = measures.Select(measure => run[measure]).Append(run.Seconds)
                .Select(number => $"<td class=\"number\">{NumberText.Measure(number)}</td>");
            return $"<tr><td><a href=\"{link}/\">{Html.Escape(run.Planned.Name)}</a></td>{string.Concat(cells)}{string.Concat(numbers)}"
                + $"<td>{(run.HasCollapsed ? "collapsed" : "")}</td></tr>\n";
        }
    }

    private static string Files(SweepFolder folder)
    {
        var files = Directory.GetFiles(folder.Path, "results*.csv").Append(folder.TasksFile).Where(File.Exists)
            .Select(file => Html.Escape(Path.GetFileName(file))).Order(StringComparer.Ordinal);
        return $"<p>Every number is in {string.Join(", ", files.Select(file => $"<a href=\"{file}\">{file}</a>"))}: a row a run, and in "
            + "tasks.csv a row for each task or split.</p>\n";
    }

    private static string HowFar(SweepStatus status, ReportContext context)
    {
        var when = context.Finished is { } now ? now.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture) + ": " : "";
        (int Runs, string State)[] others =
        [
            (status.Running, "running"), (status.Stalled, "stalled"), (status.Waiting + status.Held, "waiting"), (status.Failed, "failed"),
        ];
        var rest = string.Concat(others.Where(other => other.Runs > 0).Select((other, place) =>
            $"{(place == 0 ? "; " : ", ")}{other.Runs} {other.State}"));
        return $"{when}{status.Done} of {status.Planned} runs are "
            + $"done{rest}.{(status.IsOver ? "" : " More results will come: collect again.")}";
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
