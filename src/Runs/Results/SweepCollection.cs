namespace W2S.Runs.Results;

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
    internal IEnumerable<IGrouping<string, CollectedRun>> Kinds =>
        Runs.GroupBy(run => run.Planned.Kind).OrderByDescending(kind => kind.Max(run => run.Planned.Level));

    /// <summary>Writes results.csv, results-KIND.csv of shared parts, tasks.csv and report.html into the sweep's folder.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Write(SweepStatus status, ReportContext context)
    {
        try
        {
            var main = Plan.Runs.MaxBy(run => run.Level)?.Kind;
            AtomicFile.WriteAllText(Plan.Folder.ResultsFile, SweepCsv.Runs([.. Runs.Where(run => run.Planned.Kind == main)]));
            foreach (var parts in Kinds.Where(kind => kind.Key != main))
                AtomicFile.WriteAllText(Plan.Folder.PartsFile(parts.Key), SweepCsv.Runs([.. parts]));
            SweepCsv.WriteTasks(Plan.Folder, Runs);
            AtomicFile.WriteAllText(Plan.Folder.ReportFile, SweepReport.Write(Plan.Folder, Kinds, CollapsedInWords, status, context));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The sweep's folder {Plan.Folder.Path} cannot be written ({error.Message.TrimEnd('.')}). Make it writable.");
        }
    }

    /// <summary>One table a kind of run: the medians of the main measures at each point of the grid.</summary>
    internal IReadOnlyList<SweepTable> Tables() =>
    [
        .. from kind in Kinds
           let labels = SweepLabels.For([.. kind.Select(run => run.Planned)])
           select SweepTable.Short(kind.Key, labels, SweepPoint.Of([.. kind], labels)),
    ];

    /// <summary>What must be said of the runs that medians leave out; null where there are none.</summary>
    internal string? CollapsedInWords =>
        (Runs.Count(SweepPoint.HasCollapsed), Kinds.FirstOrDefault()?.Count()) is ( > 0 and var collapsed, { } all)
        ? $"{collapsed} of {all} studies have a collapsed representation and are left out of medians and means."
        : null;
}
