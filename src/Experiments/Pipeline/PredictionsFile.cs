namespace W2S.Experiments;

/// <summary>
/// predictions.csv of a study on a table: a line for each evaluated row of each split, with the truth and what each model says. Of
/// classes there is a column for each class and model. Written beside each comparison, and gathered in the run's folder.
/// </summary>
internal static class PredictionsFile
{
    public const string FileName = "predictions.csv";

    private static readonly (string Name, string Stage)[] Models = [("weak", Stages.Weak), ("student", Stages.Student),
        ("ceiling", Stages.Strong)];

    public static void Write(string folder, PanelResult panel, IReadOnlyList<Comparison.EvaluatedRows> blocks)
    {
        if (blocks.Count == 0) return;
        var models = Models.Where(model => blocks[0].Models.ContainsKey(model.Stage)).ToArray();
        var classes = blocks[0].Examples.Table.Classes?.Names;
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), CsvTable.Write(blocks.SelectMany(Lines).Prepend(
        [
            "panel", "dataset", "seed", "weak_model", "split", "row", "id",
            .. models.Select(model => model.Name).Prepend("truth").SelectMany(name => classes == null ? [name]
                : classes.Select(label => $"{name}:{label}")),
        ])));

        IEnumerable<string[]> Lines(Comparison.EvaluatedRows block) =>
            from cell in Enumerable.Range(0, block.Examples.Cells)
            from place in Enumerable.Range(0, block.Examples.Count)
            let row = block.Examples.Rows[cell][place]
            let values = models.Select(model => block.Models[model.Stage]).Prepend(block.Truth)
                .SelectMany(of => of.Cell(cell).Slice(place * of.Outputs, of.Outputs).ToArray())
            select (string[])
            [
                panel.Name, panel.Data, $"{panel.Seed}", panel.Weak, $"{panel.Cells[block.Examples.First + cell].Cell}", $"{row}",
                block.Examples.Table.Identifiers?[row] ?? "", .. values.Select(value => NumberText.Exact(value)),
            ];
    }

    /// <summary>Puts those of several comparisons into one file, where all have the same columns.</summary>
    public static void Gather(string folder, IEnumerable<string> comparisons)
    {
        string[] files = [.. comparisons.Select(one => Path.Combine(one, FileName)).Where(File.Exists)];
        if (files.Length == 0 || files.Select(file => File.ReadLines(file).First()).Distinct().Count() > 1) return;
        using var gathered = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var (place, file) in files.Index())
            foreach (var line in File.ReadLines(file).Skip(place == 0 ? 0 : 1)) gathered.Write(line + "\n");
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), gathered.ToString());
    }
}
