using W2S.Experiments;
using W2S.Training;

namespace W2S.Cli;

/// <summary>What a single stage did, for people: what it used and trained, the means over its tasks, and where all is kept.</summary>
internal static class StageText
{
    public static void Show(Representation representation)
    {
        Console.WriteLine($"representation: {representation.Description}");
        Console.WriteLine($"  {Training(representation.Found, representation.Steps, representation.Loss)}");
        if (representation.Folder != null) ShowFolder(representation.Folder);
    }

    public static void Show(RepresentationSummary summary, string folder)
    {
        Console.WriteLine($"representation: {summary.Description}");
        Console.WriteLine($"  {Training(null, summary.Steps, summary.Loss)}; seed {summary.Seed}, {summary.Engine}");
        ShowFolder(folder);
    }

    public static void Show(StageRun run)
    {
        ShowParts(run.Parts);
        Console.WriteLine();
        Console.Write(TableText.Write(TaskTables.Means(run), TableText.OutputWidth));
        Console.WriteLine($"\nMeans over the tasks, on fresh samples; seed {run.Seed}, {run.Engine}, {NumberText.Duration(run.Seconds)}.");
        foreach (var used in run.Representations)
        {
            var explained = used.Explained is { } share ? $", explains {NumberText.Percent(share)} of the labels" : "";
            Console.WriteLine($"{used.Role} representation: {used.AliveUnits} of {used.Width} units alive{explained}");
        }
        foreach (var alarm in RepresentationHealth.Alarms(run.Representations)) Console.WriteLine($"COLLAPSED: {alarm}");
        if (run.Folder != "") ShowFolder(run.Folder);
    }

    /// <summary>What a run used and trained, and where each is kept.</summary>
    public static void ShowParts(IEnumerable<StagePart> parts)
    {
        foreach (var part in parts)
        {
            Console.WriteLine($"{part.Name}: {part.How}");
            if (part.Steps > 0) Console.WriteLine($"  {Training(part.Found, part.Steps, part.Loss)}");
            if (part.Folder != null) Console.WriteLine($"  {part.Folder}");
        }
    }

    private static string Training(bool? found, long steps, double? loss) => $"{found switch { true => "found, ", false => "trained, ", null => "" }}{ProgressText.Count(steps)} steps, loss {NumberText.Measure(loss)}";

    /// <summary>The folder comes last, alone in its line, where scripts can take it.</summary>
    public static void ShowFolder(string folder)
    {
        Console.WriteLine($"\n{Path.Combine(folder, StudyOutputs.Report)}");
        Console.WriteLine(folder);
    }
}
