namespace W2S.Cli;

internal static partial class ResultText
{
    // So many alike stand in lines of their own.
    private const int MostAlike = 3;

    /// <summary>A dry run: what would be done, what it would cost, and where it would lie.</summary>
    public static void Show(Forecast forecast)
    {
        Console.Write(TableText.Write(Parts(forecast.Parts), TableText.PageWidth));
        var (steps, operations) = (forecast.Parts.Sum(part => part.Steps), forecast.Parts.Sum(part => part.Operations));
        Console.WriteLine(steps == 0
            ? "\nNo training that is counted in "
                + $"steps{(operations == 0 ? "" : $"; {Operations(operations)} GFLOP for the sums of products")}."
            : $"\nIn all {ProgressText.Count(steps, "step")}, {Operations(operations)} GFLOP.");
        var roots = forecast.Parts
            .Where(part => part.Steps > 0 && part.Place != "").Select(part => Path.GetDirectoryName(part.Place)).Distinct();
        foreach (var root in roots) Console.WriteLine($"Representations are trained in {root}");
        Console.WriteLine("A dry run: nothing was trained or written. The run's folder "
            + $"{(Directory.Exists(forecast.Folder) ? "is there" : "would be new")}:\n{forecast.Folder}");
    }

    private static TextTable Parts(IReadOnlyList<Forecast.Item> parts)
    {
        var rows = parts.GroupBy(part => (part.What, part.Steps, part.Operations))
            .SelectMany(alike => alike.Count() <= MostAlike ? alike.Select(part => Row(part.Name, part)) : [Together([.. alike])]).ToList();
        // Names begin with what they are and end with the seed.
        var room = TableText.PageWidth - Widest(2, "steps") - Widest(3, "GFLOP") - 3 * "  ".Length;
        var longest = Math.Min(rows.Max(row => row[0].Length), Math.Max(room / 2, room - rows.Max(row => row[1].Length)));
        foreach (var row in rows)
            (row[0], row[1]) = (ProgressText.Fit(row[0], longest).TrimEnd(), ProgressText.Fit(row[1], room - longest).TrimEnd());
        return new TextTable(["part", "what", "steps", "GFLOP"], rows);

        int Widest(int column, string header) => rows.Max(row => Math.Max(row[column].Length, header.Length));
    }

    /// <summary>"mlp-2x16-seed… (10)": what the names have in common.</summary>
    private static string[] Together(IReadOnlyList<Forecast.Item> alike)
    {
        var first = alike[0].Name;
        var common = first.TakeWhile((letter, place) => alike.All(part => part.Name.Length > place && part.Name[place] == letter)).Count();
        return Row($"{first[..common]}… ({alike.Count})", alike[0], alike.Count);
    }

    private static string[] Row(string name, Forecast.Item part, int times = 1) =>
    [
        name, part.What, part.Steps == 0 ? "" : ProgressText.Count(part.Steps * times),
        part.Operations == 0 ? "" : Operations(part.Operations * times),
    ];

    private static string Operations(double operations) => operations < 1e6 ? "<0.001" : NumberText.Measure(operations / 1e9);
}
