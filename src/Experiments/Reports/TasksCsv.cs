using System.Globalization;
using CsvHelper;

namespace W2S.Experiments;

/// <summary>tasks.csv: one line for each panel, seed and task, with every digit of every measure.</summary>
internal static class TasksCsv
{
    private static readonly string[] Header =
        ["panel", "seed", "task", "weak_error", "student_error", "strong_error", "misfit", "gain", "gap_recovered"];

    /// <summary>Missing and non-finite values are empty cells, which R and pandas alike read as not available.</summary>
    internal static string Write(IReadOnlyList<PanelResult> panels)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var csv = new CsvWriter(text, new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" });
        WriteLine(csv, Header);
        foreach (var panel in panels)
        {
            foreach (var task in panel.Tasks)
            {
                double?[] measures = [task.WeakError, task.StudentError, task.StrongError, task.Misfit, task.Gain, task.GapRecovered];
                WriteLine(csv, [panel.Name, $"{panel.Seed}", $"{task.Task}", .. measures.Select(NumberText.Exact)]);
            }
        }
        csv.Flush();
        return text.ToString();
    }

    private static void WriteLine(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
