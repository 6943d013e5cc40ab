namespace W2S.Data;

/// <summary>
/// Somebody's own molecules: a column of SMILES in a CSV file, and one of labels. Its splits are those of a file, or random, by
/// the seeds 0, 1 and 2.
/// </summary>
/// <param name="LabelColumn">Null: they have no labels, and are only read.</param>
/// <param name="Splits">A file that divides all rows, those too that are left out later; null: random.</param>
/// <param name="Csv">How text is written, and the column of identifiers.</param>
public sealed record MoleculeFile(string Path, string SmilesColumn, string? LabelColumn, string? Splits, CsvFormat Csv)
    : MoleculeDataSet(NameOf(Path), NameOf(Path), LabelColumn ?? "", "of no unit")
{
    private const int RandomSplits = 3, LeastRows = 10;

    /// <summary>Rows whose SMILES is none by its characters are left out already.</summary>
    public override MoleculeData Load(DataFolders folders) => Load();

    /// <exception cref="UserErrorException">The file or a column is absent, or labels or identifiers are wrong: they are named
    /// together, by line.</exception>
    public MoleculeData Load()
    {
        string[] columns = [.. new[] { SmilesColumn, LabelColumn, Csv.IdColumn }.OfType<string>()];
        var file = CsvTable.Read(Path, columns, csv: Csv);
        if (file.Rows.Count == 0) throw new UserErrorException($"{Path} has a header and no molecule. Give a file with at least one row.");
        if (LabelColumn != null && Splits == null && file.Rows.Count < LeastRows)
            throw new UserErrorException(
                $"{Path} has {Counted.Of(file.Rows.Count, "row")}, and a split into train, valid and test needs at least {LeastRows}.");
        string[] smiles = [.. file.Rows.Select(row => row[0])];
        var labels = LabelColumn == null ? new double[smiles.Length] : Labels(file);
        var identifiers = Csv.IdColumn == null ? null : Identifiers(file);
        var splits = Splits != null ? TableSplit.Read(Splits, smiles.Length, identifiers, Csv)
            : LabelColumn == null ? new Dictionary<int, TableSplit>()
            : Enumerable.Range(0, RandomSplits).ToDictionary(seed => seed, seed => TableSplit.Random(seed, smiles.Length, $"{Name} split"));
        var read = Splits == null ? [Path] : new[] { Path, ArrayFile.Split(Splits).Path };
        var digest = Checksum.OfText($"{Checksum.OfFiles(read)} {string.Join(' ', columns.Select(column => column.ToLowerInvariant()))}");
        var unreadable = smiles.Index().Select(row => (row.Index, Why: MoleculeData.Problem(row.Item))).Where(row => row.Why != null);
        return new MoleculeData(this, Path, smiles, labels, splits) { Lines = file.Lines, Identifiers = identifiers, Digest = digest }
            .Without(unreadable.ToDictionary(row => row.Index, row => row.Why!));
    }

    private static string NameOf(string path) =>
        System.IO.Path.GetFileName(path).Split('.')[0] is { Length: > 0 } name ? name : "molecules";

    private double[] Labels(CsvTable file)
    {
        var labels = new double[file.Rows.Count];
        var problems = new List<string>();
        for (var row = 0; row < labels.Length; row++)
        {
            var text = file.Rows[row][1];
            if (Csv.Decimal == ',') text = text.Contains('.') ? "" : text.Replace(',', '.');
            if (FeatureTable.LabelFile.Problem(text, out labels[row]) is { } problem)
                problems.Add($"line {file.Lines[row]}: the label '{file.Rows[row][1]}' {problem}");
        }
        return problems.Count == 0 ? labels : throw Wrong(problems, "Correct the rows, or remove them.");
    }

    private string[] Identifiers(CsvTable file)
    {
        string[] identifiers = [.. file.Rows.Select(row => row[^1])];
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (row, identifier) in identifiers.Index())
        {
            if (identifier == "") problems.Add($"line {file.Lines[row]}: the identifier is empty");
            else if (!lines.TryAdd(identifier, file.Lines[row]))
                problems.Add($"line {file.Lines[row]}: the identifier '{identifier}' stands in line {lines[identifier]} already");
        }
        return problems.Count == 0 ? identifiers : throw Wrong(problems, "Correct the rows, or name another column.");
    }

    private UserErrorException Wrong(List<string> problems, string remedy) =>
        new($"{Path}: {Counted.FirstOf(problems, "; ")}. {remedy}");
}
