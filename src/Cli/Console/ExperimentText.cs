namespace W2S.Cli;

/// <summary>What experiments found, for people: two sentences each with their tables, and where the report is.</summary>
internal static class ExperimentText
{
    // Longer tables are for the report.
    private const int MostRows = 24;

    public static void Show(ExperimentResults results)
    {
        foreach (var result in results.Experiments)
        {
            System.Console.Write($"{result.Name}: {result.Sentences}\n\n");
            foreach (var table in result.Tables.Where(table => table.Rows.Count <= MostRows)) System.Console.Write(TableText.Write(table,
                TableText.OutputWidth) + "\n");
        }
        System.Console.Write(Path.Combine(results.Folder, StudyOutputs.Report) + "\n");
    }
}
