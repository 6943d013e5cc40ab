using System.Globalization;
using CsvHelper;
using W2S.Data;
using W2S.Experiments;

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
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Write(text, ["line", "id", "kind", "name", .. varied, .. measures, "seconds"], runs.Select(run => (IReadOnlyList<string>)
        [
            $"{run.Planned.Line}", run.Planned.Identity, run.Planned.Kind, run.Planned.Name, .. ValuesOf(run, varied),
            .. measures.Select(measure => NumberText.Exact(run.Measures.GetValueOrDefault(measure))),
            run.Seconds.ToString("F3", CultureInfo.InvariantCulture),
        ]));
        return text.ToString();
    }

    /// <summary>
    /// tasks.csv: the rows.csv of all studies as one table, a row for each task or split, with the line and the id of its run and what
    /// the grid varied (as grid:PATH, for rows.csv has columns of its own) before it; empty where a run lacks a column.
    /// </summary>
    public static void WriteTasks(SweepCollection collection)
    {
        var folder = collection.Plan.Folder;
        List<(CollectedRun Run, string File)> studies =
            [.. collection.Runs.Select(run => (run, Path.Combine(folder.Run(run.Planned.Identity), RowsCsv.FileName))).Where(study => File.Exists(study.Item2))];
        if (studies.Count == 0) return;
        var headers = studies.ToDictionary(study => study.File, study => CsvTable.Header(study.File));
        var columns = headers.Values.SelectMany(header => header).Distinct().ToList();
        var varied = Varied([.. studies.Select(study => study.Run)]);
        var temporary = folder.TasksFile + ".tmp";
        using (var text = new StreamWriter(temporary))
        {
            Write(text, ["line", "id", .. varied.Select(path => $"grid:{path}"), .. columns], studies.SelectMany(study =>
            {
                List<string> header = [.. headers[study.File]];
                var places = columns.Select(column => header.IndexOf(column)).ToList();
                return CsvTable.Read(study.File, header).Rows.Select(row => (IReadOnlyList<string>)
                    [$"{study.Run.Planned.Line}", study.Run.Planned.Identity, .. ValuesOf(study.Run, varied), .. places.Select(place => place < 0 ? "" : row[place])]);
            }));
        }
        File.Move(temporary, folder.TasksFile, overwrite: true);
    }

    private static List<string> Varied(IReadOnlyList<CollectedRun> runs) => [.. runs.SelectMany(run => run.Planned.Varies.Keys).Distinct()];

    private static IEnumerable<string> ValuesOf(CollectedRun run, IEnumerable<string> varied) => varied.Select(path => run.Planned.Varies.GetValueOrDefault(path, ""));

    private static void Write(TextWriter text, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord([.. header]);
        foreach (var row in rows) csv.WriteRecord([.. row]);
    }
}
