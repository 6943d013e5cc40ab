using System.Globalization;

namespace W2S.Data;

/// <summary>
/// Somebody's own labels, a row each, for representations that are files of features: a CSV file with a header and a column
/// label, or of classes (<see cref="TableClasses"/>). Its splits are random, three of them by the seeds 0, 1 and 2.
/// </summary>
public sealed record FeatureTable(string Name, IReadOnlyList<double> Labels, IReadOnlyDictionary<int, TableSplit> Splits) : ILabelledTable
{
    public const string LabelColumn = "label";

    private const int RandomSplits = 3;

    public string Title => Name;
    public string Unit => "of no unit";
    public TableClasses? Classes { get; init; }

    public required string Digest { get; init; }

    public string Describe(int row) => $"row {row} of {Name}";

    /// <exception cref="UserErrorException">There is no such file or column, or a label is no finite number; its row is named.</exception>
    public static FeatureTable Read(string path)
    {
        var classes = TableClasses.Read(path);
        var labels = classes == null ? Numbers(path) : [.. classes.Probabilities.Chunk(classes.Names.Count).Select(row => (double)Array.IndexOf(row, row.Max()))];
        if (labels.Length < 10) throw new UserErrorException($"{path} has {labels.Length} rows, and a split into train, valid and test needs at least 10.");
        var name = Path.GetFileName(path).Split('.')[0];
        var splits = Enumerable.Range(0, RandomSplits).ToDictionary(seed => seed, seed => TableSplits.Random(seed, labels.Length, $"{name} split"));
        return new FeatureTable(name, labels, splits) { Classes = classes, Digest = Checksum.OfFile(path) };
    }

    private static double[] Numbers(string path)
    {
        var table = CsvTable.Read(path, [LabelColumn]);
        var labels = new double[table.Rows.Count];
        for (var row = 0; row < labels.Length; row++)
            if (!double.TryParse(table.Rows[row][0], NumberStyles.Float, CultureInfo.InvariantCulture, out labels[row]) || !double.IsFinite(labels[row]))
                throw new UserErrorException($"{table.Place(row)}: the label '{table.Rows[row][0]}' is no finite number. Correct the row, or remove it here and from every file of features; classes stand in a column {TableClasses.Column}.");
        return labels;
    }
}
