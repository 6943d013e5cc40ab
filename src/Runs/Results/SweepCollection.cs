namespace W2S.Runs.Results;

/// <summary>What the finished runs of a sweep found, gathered into results.csv and report.html; also while others still run.</summary>
internal sealed record SweepCollection(SweepPlan Plan, IReadOnlyList<SweepSummary.Run> Runs)
{
    /// <summary>Reads the results of all runs that are done.</summary>
    public static SweepCollection Read(SweepPlan plan)
    {
        var results = new PlannedRun.Result?[plan.Runs.Count];
        try
        {
            Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 * Environment.ProcessorCount }, index =>
                results[index] = PlannedRun.Result.Read(plan.Folder.Run(plan.Runs[index].Identity)));
        }
        catch (AggregateException error)
        {
            throw error.InnerExceptions.OfType<UserErrorException>().FirstOrDefault() ?? error.InnerExceptions[0];
        }
        return new SweepCollection(plan,
        [
            .. plan.Runs.Zip(results).Where(pair => pair.Second != null)
                .Select(pair => new SweepSummary.Run(pair.First, pair.Second!.Measures, pair.Second.Seconds)),
        ]);
    }

    /// <summary>What runs of each kind come to, studies before the parts that they share.</summary>
    internal IReadOnlyList<SweepSummary> Kinds { get; } =
    [
        .. Runs.GroupBy(run => run.Planned.Kind).OrderByDescending(kind => kind.Max(run => run.Planned.Level))
            .Select(kind => new SweepSummary([.. kind])),
    ];

    /// <summary>Writes results.csv, results-KIND.csv of shared parts, tasks.csv and report.html into the sweep's folder.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Write(SweepStatus status, ReportContext context) => Plan.Folder.Write(() =>
    {
        var main = Plan.Runs.MaxBy(run => run.Level)?.Kind;
        AtomicFile.WriteAllText(Plan.Folder.ResultsFile, Csv([.. Runs.Where(run => run.Planned.Kind == main)]));
        foreach (var parts in Kinds.Where(kind => kind.Kind != main))
            AtomicFile.WriteAllText(Plan.Folder.PartsFile(parts.Kind), Csv(parts.Runs));
        WriteTasks();
        AtomicFile.WriteAllText(Plan.Folder.ReportFile, SweepReport.Write(Plan.Folder, Kinds, CollapsedInWords, status, context));
    }, "Make it writable.");

    /// <summary>What must be said of the runs that medians leave out; null where there are none.</summary>
    internal string? CollapsedInWords =>
        (Runs.Count(run => run.HasCollapsed), Kinds.FirstOrDefault()?.Runs.Count) is ( > 0 and var collapsed, { } all)
        ? $"{collapsed} of {all} studies have a collapsed representation and are left out of medians and means."
        : null;

    /// <summary>One row a run: line, id, kind, name, what the grid varied, every measure, seconds; empty where a run has none.</summary>
    /// <param name="runs">Of one kind.</param>
    internal static string Csv(IReadOnlyList<SweepSummary.Run> runs)
    {
        var varied = Varied(runs);
        var measures = runs.SelectMany(run => run.Measures.Keys).Distinct().ToList();
        return CsvTable.Write(
        [
            ["line", "id", "kind", "name", .. varied, .. measures, "seconds"],
            .. runs.Select(run => (string[])
            [
                $"{run.Planned.Line}", run.Planned.Identity, run.Planned.Kind, run.Planned.Name, .. ValuesOf(run, varied),
                .. measures.Select(measure => NumberText.Exact(run[measure])),
                run.Seconds.ToString("F3", CultureInfo.InvariantCulture),
            ]),
        ]);
    }

    /// <summary>
    /// tasks.csv: the rows.csv of all studies as one table, a row for each task or split, with the line and the id of its run and what
    /// the grid varied (as grid:PATH, for rows.csv has columns of its own) before it; empty where a run lacks a column.
    /// </summary>
    private void WriteTasks()
    {
        var studies = Runs.Select(run => (Run: run, File: Path.Combine(Plan.Folder.Run(run.Planned.Identity), RowsCsv.FileName)))
            .Where(study => File.Exists(study.File)).ToList();
        if (studies.Count == 0) return;
        var headers = studies.ToDictionary(study => study.File, study => CsvTable.Header(study.File).ToArray());
        var columns = headers.Values.SelectMany(header => header).Distinct().ToList();
        var varied = Varied([.. studies.Select(study => study.Run)]);
        var temporary = Plan.Folder.TasksFile + ".tmp";
        using (var text = new StreamWriter(temporary))
        {
            string[] header = ["line", "id", .. varied.Select(path => $"grid:{path}"), .. columns];
            CsvTable.Write(text, studies.SelectMany(study => Tasks(study.Run, study.File)).Prepend(header));
        }
        File.Move(temporary, Plan.Folder.TasksFile, overwrite: true);

        IEnumerable<string[]> Tasks(SweepSummary.Run run, string file)
        {
            var places = columns.ConvertAll(column => Array.IndexOf(headers[file], column));
            return CsvTable.Read(file, headers[file]).Rows.Select(row => (string[])
            [
                $"{run.Planned.Line}", run.Planned.Identity, .. ValuesOf(run, varied),
                .. places.Select(place => place < 0 ? "" : row[place]),
            ]);
        }
    }

    private static List<string> Varied(IReadOnlyList<SweepSummary.Run> runs) =>
        [.. runs.SelectMany(run => run.Planned.Varies.Keys).Distinct()];

    private static IEnumerable<string> ValuesOf(SweepSummary.Run run, IEnumerable<string> varied) =>
        varied.Select(path => run.Planned.Varies.GetValueOrDefault(path, ""));
}
