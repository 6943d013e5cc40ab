using W2S.Experiments;
using W2S.Reporting.Tables;
using W2S.Runs;
using W2S.Training;

namespace W2S.Cli;

/// <summary>A dry run for people: what would be done, what it would cost, and where it would lie.</summary>
internal static class ForecastText
{
    public static void Show(Forecast forecast)
    {
        Console.Write(TableText.Write(new TextTable(["part", "what", "steps", "GFLOP", "place"], [.. forecast.Parts.Select(Row)]), TableText.OutputWidth));
        var (steps, operations) = (forecast.Parts.Sum(part => part.Steps), forecast.Parts.Sum(part => part.Operations));
        Console.WriteLine(steps == 0 ? "\nNo training that is counted in steps." : $"\nIn all {ProgressText.Count(steps)} steps, {NumberText.Measure(operations / 1e9)} GFLOP.");
        Console.WriteLine($"A dry run: nothing was trained or written. The run's folder {(Directory.Exists(forecast.Folder) ? "is there" : "would be new")}:\n{forecast.Folder}");
    }

    private static string[] Row(ForecastPart part) =>
    [
        part.Name, part.What, part.Steps == 0 ? "" : ProgressText.Count(part.Steps), part.Operations == 0 ? "" : NumberText.Measure(part.Operations / 1e9), part.Place,
    ];
}
