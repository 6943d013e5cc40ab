using System.Text;

namespace W2S.Experiments;

/// <summary>report.html of a sweep: how far it is, what failed, and for every point of the grid the means over seeds with 95 % intervals.</summary>
internal static class SweepReport
{
    private const int MostRows = 500;

    public static string Write(SweepCollection collection, SweepStatus status, ReportContext context)
    {
        var name = Path.GetFileName(collection.Plan.Folder.Path);
        var body = new StringBuilder($"<h1>Sweep {Html.Escape(name)}</h1>\n");
        body.Append($"<p class=\"muted\">{status.Done} of {status.Planned} runs are done, {status.Running} run, {status.Failed} failed.{HtmlPage.Finished(context)} Every run is a row of {Path.GetFileName(collection.Plan.Folder.ResultsFile)}.</p>\n");
        body.Append(Html.Alarms(status.Troubled.Where(run => run.State == RunState.Failed).Select(run => $"Line {run.Line}, {run.Name}, failed: {run.Message}")));
        foreach (var table in Tables(collection))
        {
            var shown = table.Table with { Rows = [.. table.Table.Rows.Take(MostRows)] };
            body.Append($"<section>\n<h2>{Html.Escape(table.Title)}</h2>\n{Html.Table(shown, table.Texts)}");
            if (table.Table.Rows.Count > MostRows) body.Append($"<p class=\"muted\">The first {MostRows} of {table.Table.Rows.Count} rows; {Path.GetFileName(collection.Plan.Folder.ResultsFile)} has all.</p>\n");
            body.Append("</section>\n");
        }
        return HtmlPage.Write($"Sweep {name}", body.ToString(), context);
    }

    /// <summary>One table a kind of run: what is varied besides the seed, how many runs, and each measure as mean ± half of its interval.</summary>
    public static IEnumerable<(string Title, TextTable Table, int Texts)> Tables(SweepCollection collection)
    {
        foreach (var kind in collection.Kinds)
        {
            var varied = kind.SelectMany(run => run.Planned.Varies.Keys).Distinct().Where(path => path != SweepCollection.Seed).ToList();
            var measures = kind.SelectMany(run => run.Measures.Keys).Distinct().ToList();
            // Shared parts are told apart by their names, seeds left out.
            List<string> labels = varied.Count > 0 ? varied : ["run"];
            var groups = kind.GroupBy(run => string.Join('\u001f', varied.Count > 0 ? varied.Select(path => run.Planned.Varies.GetValueOrDefault(path, "")) : [WithoutSeed(run.Planned.Name)]));
            var rows = groups.Select(group => (IReadOnlyList<string>)
            [
                .. group.Key.Split('\u001f'), $"{group.Count()}",
                .. measures.Select(measure => MeanInterval.Of(group.Select(run => run.Measures.GetValueOrDefault(measure)))?.ToString() ?? NumberText.Nothing),
            ]);
            yield return ($"{kind.Key}: means over seeds ± half of the 95 % interval", new TextTable([.. labels, "runs", .. measures], [.. rows]), labels.Count);
        }
    }

    private static string WithoutSeed(string name) => name.LastIndexOf("-seed", StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;
}
