using System.Globalization;
using CsvHelper;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// predictions.csv: one line for each split and molecule with every digit of each model's prediction. Later stages take weak
/// labels from it, so no encoder is needed for what was predicted before.
/// </summary>
internal static class PredictionsCsv
{
    public const string FileName = "predictions.csv";
    private static readonly string[] Columns = ["split", "row", "part", "smiles", "label", "weak", "student", "strong"];

    public static string Write(MoleculeData data, IReadOnlyList<SplitPredictions> splits)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord(Columns);
            foreach (var predictions in splits)
            {
                var parts = PartOfRows(data.Splits[predictions.Split], data.Table.Count);
                for (var row = 0; row < data.Table.Count; row++)
                {
                    double?[] numbers = [data.Table.Labels[row], predictions.Weak?[row], predictions.Student?[row], predictions.Strong?[row]];
                    csv.WriteRecord([$"{predictions.Split}", $"{row}", parts[row], data.Table.Smiles[row], .. numbers.Select(NumberText.Exact)]);
                }
            }
        }
        return text.ToString();
    }

    /// <exception cref="UserErrorException">The file is missing or damaged, or was made with other molecules than these.</exception>
    public static IReadOnlyList<SplitPredictions> Read(string folder, MoleculeData data)
    {
        var path = Path.Combine(folder, FileName);
        var table = CsvTable.Read(path, Columns);
        var count = data.Table.Count;
        if (table.Rows.Count == 0 || table.Rows.Count % count != 0) throw Other(path, data, $"it has {table.Rows.Count} lines, and the set {count} molecules");
        return [.. Enumerable.Range(0, table.Rows.Count / count).Select(index => ReadSplit(table, index * count, data, path))];
    }

    private static SplitPredictions ReadSplit(CsvTable table, int first, MoleculeData data, string path)
    {
        var seed = table.Rows[first][0];
        if (!int.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out var split) || !data.Splits.TryGetValue(split, out var rows))
            throw Other(path, data, $"there is no split '{seed}'");
        var parts = PartOfRows(rows, data.Table.Count);
        var columns = Enumerable.Range(5, 3).Select(column => table.Rows[first][column] == "" ? null : new double[data.Table.Count]).ToArray();
        for (var row = 0; row < data.Table.Count; row++)
        {
            var cells = table.Rows[first + row];
            if (cells[0] != seed || cells[1] != $"{row}" || cells[3] != data.Table.Smiles[row] || cells[4] != NumberText.Exact(data.Table.Labels[row]) || cells[2] != parts[row])
                throw Other(path, data, $"line {table.Lines[first + row]} is not row {row} of the set in split {seed}");
            for (var column = 0; column < columns.Length; column++)
                if (columns[column] is { } values && !double.TryParse(cells[5 + column], NumberStyles.Float, CultureInfo.InvariantCulture, out values[row]))
                    throw new UserErrorException($"{path}, line {table.Lines[first + row]}: '{cells[5 + column]}' is no number. The file was cut short or edited: run the stage again with --force.");
        }
        return new SplitPredictions(split, columns[0], columns[1], columns[2]);
    }

    private static string[] PartOfRows(MoleculeSplit split, int count)
    {
        var parts = new string[count];
        foreach (var (rows, name) in new[] { (split.Train, "train"), (split.Valid, "valid"), (split.Test, "test") })
            foreach (var row in rows) parts[row] = name;
        return parts;
    }

    private static UserErrorException Other(string path, MoleculeData data, string reason) =>
        new($"{path} was made with other molecules or splits than {data.Table.Source} has now: {reason}. Use the data of that run, or run the stage again with --force.");
}
