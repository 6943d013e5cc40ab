namespace W2S.Data;

/// <summary>
/// Somebody's own texts: a column of a CSV file (RFC 4180, so that a quoted text may have commas and line breaks), and labels
/// as <see cref="FeatureTable"/> reads them, numbers or classes. Its splits are those of a file, or random, by the seeds 0, 1
/// and 2.
/// </summary>
/// <param name="TextColumn">Compared without regard to case.</param>
/// <param name="Format">How labels, identifiers and splits are read.</param>
public sealed record TextFile(string Path, string TextColumn, TableFormat Format)
{
    private const int ShownProblems = 5;

    /// <summary>The column of a second text, where rows are pairs of texts.</summary>
    public string? PairColumn { get; init; }

    /// <param name="areUnlabelled">The texts are only read: they need no labels, and have no splits.</param>
    /// <exception cref="UserErrorException">The file or a column is absent, the file is no CSV in UTF-8, a text is empty (all are
    /// counted, and the first named by line), or labels, identifiers or splits are wrong.</exception>
    public TextData Load(bool areUnlabelled = false)
    {
        var identifier = Format.Csv?.IdColumn;
        string[] columns = [.. new[] { TextColumn, PairColumn }.OfType<string>()];
        var file = CsvTable.Read(
            Path, [.. columns, .. identifier == null ? [] : new[] { identifier }], csv: Format.Csv ?? new CsvFormat());
        if (file.Rows.Count == 0) throw new UserErrorException($"{Path} has a header and no text. Give a file with at least one row.");
        foreach (var (place, column) in columns.Index()) RequireTexts(file, place, column);
        var rows = file.Rows;
        string[]? identifiers = identifier == null ? null : [.. rows.Select(row => row[^1])];
        if (areUnlabelled)
        {
            var (name, none) = (System.IO.Path.GetFileName(Path).Split('.')[0], new Dictionary<int, TableSplit>());
            return new TextData(name, Path, "", Column(rows, 0), new double[rows.Count], none)
            {
                Seconds = PairColumn == null ? null : Column(rows, 1), Identifiers = identifiers, Digest = DigestOf(Checksum.OfFiles(Path)),
            };
        }

        var labelled = FeatureTable.Read(Path, Format);
        if (labelled.Identifiers is { } order)
        {
            // Rows with identifiers stand in the order of these; that none stands twice has been seen.
            var places = identifiers!.Index().ToDictionary(row => row.Item, row => row.Index, StringComparer.Ordinal);
            rows = [.. order.Select(name => file.Rows[places[name]])];
        }
        return new TextData(labelled.Name, labelled.Title, labelled.Unit, Column(rows, 0), labelled.Labels, labelled.Splits)
        {
            Seconds = PairColumn == null ? null : Column(rows, 1),
            Classes = labelled.Classes, Identifiers = labelled.Identifiers, Digest = DigestOf(labelled.Digest),
        };
    }

    private static string[] Column(IReadOnlyList<string[]> rows, int place) => [.. rows.Select(row => row[place])];

    private string DigestOf(string files) => Checksum.OfText(
        $"{files} text {TextColumn.ToLowerInvariant()} {PairColumn?.ToLowerInvariant()} "
        + $"labels {string.Join(' ', Format.Columns ?? [])} id {Format.Csv?.IdColumn}");

    private void RequireTexts(CsvTable file, int place, string column)
    {
        int[] empty = [.. Enumerable.Range(0, file.Rows.Count).Where(row => file.Rows[row][place] == "")];
        if (empty.Length == 0) return;
        var shown = string.Join(", ", empty.Take(ShownProblems).Select(row => file.Lines[row]));
        throw new UserErrorException(
            $"{Path}: {empty.Length} of {file.Rows.Count} texts in the column {column} are empty, and nothing can be learned from "
            + $"them: line{(empty.Length == 1 ? "" : "s")} {shown}{(empty.Length > ShownProblems ? " and more" : "")}. Complete the rows, "
            + "or remove them.");
    }
}
