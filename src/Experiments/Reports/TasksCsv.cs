using System.Globalization;
using CsvHelper;

namespace W2S.Experiments;

/// <summary>tasks.csv: one line for each panel, seed and task, with every digit of every measure.</summary>
internal static class TasksCsv
{
    /// <summary>Missing and non-finite values are empty cells, which R and pandas alike read as not available.</summary>
    internal static string Write(IEnumerable<(string Panel, long Seed, StageTask Task)> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord("panel", "seed", "task", "weak_error", "student_error", "strong_error", "misfit", "gain", "gap_recovered");
            foreach (var (panel, seed, task) in rows)
            {
                double?[] measures = [task.WeakError, task.StudentError, task.StrongError, task.Misfit, task.Gain, task.GapRecovered];
                csv.WriteRecord([panel, $"{seed}", $"{task.Task}", .. measures.Select(NumberText.Exact)]);
            }
        }
        return text.ToString();
    }
}
