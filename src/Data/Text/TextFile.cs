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

    /// <param name="areUnlabelled">The texts are only read: they need no labels, and have no splits.</param>
    /// <exception cref="UserErrorException">The file or a column is absent, the file is no CSV in UTF-8, a text is empty (all are
    /// counted, and the first named by line), or labels, identifiers or splits are wrong.</exception>
    public TextData Load(bool areUnlabelled = false)
    {
        var identifier = Format.Csv?.IdColumn;
        var file = CsvTable.Read(Path, [TextColumn, .. identifier == null ? [] : new[] { identifier }], csv: Format.Csv ?? new CsvFormat());
        if (file.Rows.Count == 0) throw new UserErrorException($"{Path} has a header and no text. Give a file with at least one row.");
        RequireTexts(file);
        string[] texts = [.. file.Rows.Select(row => row[0])];
        string[]? identifiers = identifier == null ? null : [.. file.Rows.Select(row => row[1])];
        if (areUnlabelled)
            return new TextData(System.IO.Path.GetFileName(Path).Split('.')[0], Path, "", texts, new double[texts.Length], new Dictionary<int, TableSplit>())
            {
                Identifiers = identifiers, Digest = DigestOf(Checksum.OfFiles(Path)),
            };

        var labelled = FeatureTable.Read(Path, Format);
        if (labelled.Identifiers is { } order)
        {
            // Rows with identifiers stand in the order of these; that none stands twice has been seen.
            var places = identifiers!.Index().ToDictionary(row => row.Item, row => row.Index, StringComparer.Ordinal);
            texts = [.. order.Select(name => texts[places[name]])];
        }
        return new TextData(labelled.Name, labelled.Title, labelled.Unit, texts, labelled.Labels, labelled.Splits)
        {
            Classes = labelled.Classes, Identifiers = labelled.Identifiers, Digest = DigestOf(labelled.Digest),
        };
    }

    private string DigestOf(string files) =>
        Checksum.OfText($"{files} text {TextColumn.ToLowerInvariant()} labels {string.Join(' ', Format.Columns ?? [])} id {Format.Csv?.IdColumn}");

    private void RequireTexts(CsvTable file)
    {
        int[] empty = [.. Enumerable.Range(0, file.Rows.Count).Where(row => file.Rows[row][0] == "")];
        if (empty.Length == 0) return;
        var shown = string.Join(", ", empty.Take(ShownProblems).Select(row => file.Lines[row]));
        throw new UserErrorException(
            $"{Path}: {empty.Length} of {file.Rows.Count} texts in the column {TextColumn} are empty, and nothing can be learned from them: "
            + $"line{(empty.Length == 1 ? "" : "s")} {shown}{(empty.Length > ShownProblems ? " and more" : "")}. Complete the rows, or remove them.");
    }
}
