namespace W2S.Runs.Results;

/// <summary>The tables of a sweep for spreadsheets and data frames, each with rows of one kind.</summary>
internal static class SweepCsv
{
    /// <summary>One row a run: line, id, kind, name, what the grid varied, every measure, seconds; empty where a run has none.</summary>
    /// <param name="runs">Of one kind.</param>
    public static string Runs(IReadOnlyList<CollectedRun> runs)
    {
        var varied = Varied(runs);
        var measures = runs.SelectMany(run => run.Measures.Keys).Distinct().ToList();
        return CsvTable.Write(
        [
            ["line", "id", "kind", "name", .. varied, .. measures, "seconds"],
            .. runs.Select(run => (string[])
            [
                $"{run.Planned.Line}", run.Planned.Identity, run.Planned.Kind, run.Planned.Name, .. ValuesOf(run, varied),
                .. measures.Select(measure => NumberText.Exact(run.Measures.GetValueOrDefault(measure))),
                run.Seconds.ToString("F3", CultureInfo.InvariantCulture),
            ]),
        ]);
    }

    /// <summary>
    /// tasks.csv: the rows.csv of all studies as one table, a row for each task or split, with the line and the id of its run and what
    /// the grid varied (as grid:PATH, for rows.csv has columns of its own) before it; empty where a run lacks a column.
    /// </summary>
    public static void WriteTasks(SweepFolder folder, IReadOnlyList<CollectedRun> runs)
    {
        var studies = runs.Select(run => (Run: run, File: Path.Combine(folder.Run(run.Planned.Identity), RowsCsv.FileName)))
            .Where(study => File.Exists(study.File)).ToList();
        if (studies.Count == 0) return;
        var headers = studies.ToDictionary(study => study.File, study => CsvTable.Header(study.File).ToArray());
        var columns = headers.Values.SelectMany(header => header).Distinct().ToList();
        var varied = Varied([.. studies.Select(study => study.Run)]);
        var temporary = folder.TasksFile + ".tmp";
        using (var text = new StreamWriter(temporary))
        {
            string[] header = ["line", "id", .. varied.Select(path => $"grid:{path}"), .. columns];
            CsvTable.Write(text, studies.SelectMany(study => Tasks(study.Run, study.File)).Prepend(header));
        }
        File.Move(temporary, folder.TasksFile, overwrite: true);

        IEnumerable<string[]> Tasks(CollectedRun run, string file)
        {
            var places = columns.ConvertAll(column => Array.IndexOf(headers[file], column));
            return CsvTable.Read(file, headers[file]).Rows.Select(row => (string[])
            [
                $"{run.Planned.Line}", run.Planned.Identity, .. ValuesOf(run, varied), .. places
                    .Select(place => place < 0 ? "" : row[place]),
            ]);
        }
    }

    private static List<string> Varied(IReadOnlyList<CollectedRun> runs) => [.. runs.SelectMany(run => run.Planned.Varies.Keys).Distinct()];

    private static IEnumerable<string> ValuesOf(CollectedRun run, IEnumerable<string> varied) =>
        varied.Select(path => run.Planned.Varies.GetValueOrDefault(path, ""));
}
