using System.Globalization;

namespace W2S.Experiments;

/// <summary>Measures of tasks as tables; a measure that no task has gets no column.</summary>
public static class TaskTables
{
    private static readonly (string Name, Func<StageTask, double?> Of)[] Measures =
    [
        ("weak error", task => task.WeakError),
        ("student error", task => task.StudentError),
        ("ceiling", task => task.StrongError),
        ("misfit", task => task.Misfit),
        ("gain", task => task.Gain),
    ];

    /// <summary>One row a task.</summary>
    internal static TextTable Tasks(IReadOnlyList<StageTask> tasks)
    {
        var known = Known(tasks);
        var hasGap = tasks.Any(task => task is { StudentError: not null, StrongError: not null });
        string[] gap = hasGap ? ["gap recovered"] : [];
        return new TextTable(["task", .. known.Select(measure => measure.Name), .. gap], [.. tasks.Select(Row)]);

        IReadOnlyList<string> Row(StageTask task) =>
            [$"{task.Task}", .. known.Select(measure => NumberText.Measure(measure.Of(task))), .. hasGap ? [NumberText.Percent(task.GapRecovered)] : Array.Empty<string>()];
    }

    /// <summary>The means over a run's tasks in one row; for a student also what they say of gain against misfit.</summary>
    public static TextTable Means(StageRun run)
    {
        var known = Known(run.Tasks);
        List<string> headers = ["tasks", .. known.Select(measure => measure.Name)];
        List<string> row = [run.Tasks.Count.ToString("N0", CultureInfo.InvariantCulture), .. known.Select(measure => NumberText.Measure(run.Tasks.Average(measure.Of)))];
        var statistics = PanelStatistics.Of([.. run.Tasks.Select(task => task.ToResult())], run.Seed);
        if (run.MeasuresGain)
        {
            headers.AddRange(["slope", "corr"]);
            row.AddRange([NumberText.Ratio(statistics.SlopeThroughOrigin), NumberText.Ratio(statistics.Correlation)]);
        }
        if (run.MeasuresGain && known.Any(measure => measure.Name == "ceiling"))
        {
            headers.Add("PGR");
            row.Add(NumberText.Percent(statistics.MedianGapRecovered));
        }
        return new TextTable(headers, [row]);
    }

    private static List<(string Name, Func<StageTask, double?> Of)> Known(IReadOnlyList<StageTask> tasks) =>
        [.. Measures.Where(measure => tasks.Any(task => measure.Of(task) != null))];
}
