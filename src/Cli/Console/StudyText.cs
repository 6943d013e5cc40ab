using W2S.Experiments;

namespace W2S.Cli;

/// <summary>A study's results for people: one row for each panel and seed, and where everything is kept.</summary>
internal static class StudyText
{
    public static void Show(IReadOnlyList<PanelResult> panels, string folder)
    {
        var rows = panels.Select(panel => new[]
        {
            panel.Name,
            $"{panel.Seed}",
            Mean(panel, task => task.WeakError),
            Mean(panel, task => task.StudentError),
            Mean(panel, task => task.StrongError),
            Mean(panel, task => task.Misfit),
            Mean(panel, task => task.Gain),
            NumberText.Duration(panel.Seconds),
            panel.Options.Expectation,
        });
        Console.Write(TableText.Write(
            new TextTable(["panel", "seed", "weak error", "student error", "ceiling", "misfit", "gain", "time", "paper"], [.. rows]), TableText.OutputWidth));
        foreach (var (panel, used) in panels.SelectMany(panel => panel.Representations.Where(used => used.Collapsed).Select(used => (panel, used))))
            Console.WriteLine($"{panel.Name}, seed {panel.Seed}: the {used.Role} representation has collapsed ({used.AliveUnits} of {used.Width} features alive).");
        Console.WriteLine($"\n{folder}");
    }

    private static string Mean(PanelResult panel, Func<TaskResult, double> measure) => NumberText.Measure(panel.Tasks.Average(measure));
}
