using W2S.Experiments;

namespace W2S.Cli;

/// <summary>What a single stage did, for people: on what, the means over its tasks, and where it is kept.</summary>
internal static class StageText
{
    public static void Show(Representation representation)
    {
        Console.WriteLine($"{representation.Description}: {ProgressText.Count(representation.Steps)} steps, loss {NumberText.Measure(representation.Loss)}");
        if (representation.Folder != null) Console.WriteLine(representation.Folder);
    }

    public static void Show(StageRun run)
    {
        foreach (var used in run.Representations)
        {
            var explained = used.Explained is { } share ? $", heads on it explain {NumberText.Percent(share)}" : "";
            Console.WriteLine($"{used.Role}: {used.Description}, {used.AliveUnits} of {used.Width} features alive{explained}{(used.Collapsed ? "; COLLAPSED" : "")}");
        }
        (string Name, Func<StageTask, double?> Measure)[] measures =
        [
            ("weak error", task => task.WeakError),
            ("student error", task => task.StudentError),
            ("ceiling", task => task.StrongError),
            ("misfit", task => task.Misfit),
            ("gain", task => task.Gain),
        ];
        var known = measures.Where(measure => run.Mean(measure.Measure) != null).ToList();
        Console.WriteLine();
        Console.Write(TableText.Write(
            new TextTable(["tasks", .. known.Select(measure => measure.Name)], [[ProgressText.Count(run.Tasks.Count), .. known.Select(measure => NumberText.Measure(run.Mean(measure.Measure)))]]),
            TableText.OutputWidth));
        Console.WriteLine($"\nMeans over the tasks, on fresh samples; seed {run.Seed}, {run.Engine}, {NumberText.Duration(run.Seconds)}.");
        Console.WriteLine(run.Folder);
    }
}
