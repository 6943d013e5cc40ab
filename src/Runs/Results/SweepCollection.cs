using System.Globalization;
using CsvHelper;
using W2S.Data;
using W2S.Experiments;
using W2S.Reporting;
using W2S.Reporting.Tables;
using W2S.Runs.Plans;

namespace W2S.Runs.Results;

/// <summary>A finished run with what it found.</summary>
internal sealed record CollectedRun(PlannedRun Planned, IReadOnlyDictionary<string, double?> Measures, double Seconds, DateTimeOffset Finished, string Host);

/// <summary>What the finished runs of a sweep found, gathered into results.csv and report.html; also while others still run.</summary>
internal sealed record SweepCollection(SweepPlan Plan, IReadOnlyList<CollectedRun> Runs)
{
    /// <summary>Reads the results of all runs that are done.</summary>
    public static SweepCollection Read(SweepPlan plan)
    {
        var results = new RunResult?[plan.Runs.Count];
        try
        {
            Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 * Environment.ProcessorCount }, index =>
                results[index] = RunResult.Read(plan.Folder.Run(plan.Runs[index].Identity)));
        }
        catch (AggregateException error)
        {
            throw error.InnerExceptions.OfType<UserErrorException>().FirstOrDefault() ?? error.InnerExceptions[0];
        }
        return new SweepCollection(plan, [.. plan.Runs.Zip(results).Where(pair => pair.Second != null).Select(pair =>
            new CollectedRun(pair.First, pair.Second!.Measures, pair.Second.Seconds, pair.Second.Finished, pair.Second.Host))]);
    }

    /// <summary>Kinds with results, studies before the parts that they share.</summary>
    internal IEnumerable<IGrouping<string, CollectedRun>> Kinds => Runs.GroupBy(run => run.Planned.Kind).OrderByDescending(kind => kind.Max(run => run.Planned.Level));

    /// <summary>Writes results.csv and report.html into the sweep's folder.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Write(SweepStatus status, ReportContext context)
    {
        try
        {
            AtomicFile.WriteAllText(Plan.Folder.ResultsFile, ToCsv());
            AtomicFile.WriteAllText(
                Plan.Folder.ReportFile, SweepReport.Write(Plan.Folder, LabelledTables(), SweepMatrices.Write(Runs), status, context));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The sweep's folder {Plan.Folder.Path} cannot be written ({error.Message.TrimEnd('.')}). Make it writable.");
        }
    }

    /// <summary>One table a kind of run, with a heading: means over seeds with intervals.</summary>
    public IReadOnlyList<(string Title, TextTable Table)> Tables() => [.. LabelledTables().Select(table => (table.Title, table.Table))];

    /// <summary>One table a kind of run: what tells its rows apart, how many runs, and each measure as mean ± half of its interval.</summary>
    private IEnumerable<(string Title, TextTable Table, int Texts)> LabelledTables()
    {
        foreach (var kind in Kinds)
        {
            var measures = kind.SelectMany(run => run.Measures.Keys).Distinct().ToList();
            var labels = SweepLabels.For([.. kind.Select(run => run.Planned)]);
            var groups = kind.Select(run => (Run: run, Labels: labels.Of(run.Planned))).GroupBy(run => string.Join('\u001f', run.Labels));
            var rows = groups.Select(group => (IReadOnlyList<string>)
            [
                .. group.First().Labels, $"{group.Count()}",
                .. measures.Select(measure => MeanInterval.Of(group.Select(run => run.Run.Measures.GetValueOrDefault(measure)))?.ToString() ?? NumberText.Nothing),
            ]);
            yield return ($"{kind.Key}: means over seeds ± half of the 95 % interval", new TextTable([.. labels.Headers, "runs", .. measures], [.. rows]), labels.Headers.Count);
        }
    }

    /// <summary>One row a finished run: line, id, kind, name, what the grid varied, every measure, seconds; empty where a run has none.</summary>
    internal string ToCsv()
    {
        var varied = Runs.SelectMany(run => run.Planned.Varies.Keys).Distinct().ToList();
        var measures = Kinds.SelectMany(kind => kind.SelectMany(run => run.Measures.Keys).Distinct()).Distinct().ToList();
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord(["line", "id", "kind", "name", .. varied, .. measures, "seconds"]);
            foreach (var run in Runs)
            {
                csv.WriteRecord(
                [
                    $"{run.Planned.Line}", run.Planned.Identity, run.Planned.Kind, run.Planned.Name,
                    .. varied.Select(path => run.Planned.Varies.GetValueOrDefault(path, "")),
                    .. measures.Select(measure => NumberText.Exact(run.Measures.GetValueOrDefault(measure))),
                    run.Seconds.ToString("F3", CultureInfo.InvariantCulture),
                ]);
            }
        }
        return text.ToString();
    }
}
