namespace W2S.Data;

/// <summary>
/// Somebody's own texts: a column of a CSV file (RFC 4180, so that a quoted text may have commas and line breaks), and labels
/// as <see cref="FeatureTable"/> reads them, numbers or classes. Its splits are those of a file, or random, by the seeds 0, 1
/// and 2.
/// </summary>
/// <param name="TextColumn">Compared without regard to case; where <see cref="RejectedColumn"/> is named, that of the chosen texts.</param>
/// <param name="Format">How labels, identifiers and splits are read.</param>
public sealed record TextFile(string Path, string TextColumn, FeatureTable.Format Format)
{
    private const int ShownProblems = 5;

    /// <summary>The column of a second text, where rows are pairs of texts.</summary>
    public string? PairColumn { get; init; }

    /// <summary>The column of the text that was not chosen, where rows are preferences: they need no labels.</summary>
    public string? RejectedColumn { get; init; }

    /// <exception cref="UserErrorException">The file or a column is absent, the file is no CSV in UTF-8, a text is empty (all are
    /// counted, and the first named by line), or labels, identifiers or splits are wrong.</exception>
    public TextData Load()
    {
        if (RejectedColumn != null) return Preferences(RejectedColumn);
        var (file, identifiers) = Read();
        var labelled = FeatureTable.Read(Path, Format);
        var rows = file.Rows;
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

    /// <summary>
    /// Texts without labels: in the file's order where they are only read, or divided as <see cref="Load"/> divides them.
    /// </summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public TextData LoadUnlabelled(bool isDivided = false)
    {
        if (RejectedColumn != null) return Preferences(RejectedColumn);
        var (file, identifiers) = Read();
        var (rows, name) = (file.Rows, System.IO.Path.GetFileName(Path).Split('.')[0]);
        if (isDivided && identifiers != null)
        {
            var order = FeatureTable.OrderOf(identifiers, file.Place);
            (rows, identifiers) = ([.. order.Select(row => file.Rows[row])], [.. order.Select(row => identifiers[row])]);
        }
        var splits = FeatureTable.SplitsOf(
            name, rows.Count, identifiers, Format with { IsDivided = isDivided, Splits = isDivided ? Format.Splits : null });
        return new TextData(name, Path, "", Column(rows, 0), new double[rows.Count], splits)
        {
            Seconds = PairColumn == null ? null : Column(rows, 1), Identifiers = identifiers, Digest = DigestOf(Checksum.OfFiles(Path)),
        };
    }

    private (CsvTable File, string[]? Identifiers) Read()
    {
        var identifier = Format.Csv?.IdColumn;
        string[] columns = [.. new[] { TextColumn, PairColumn }.OfType<string>()];
        var file = CsvTable.Read(
            Path, [.. columns, .. identifier == null ? [] : new[] { identifier }], csv: Format.Csv ?? new CsvFormat());
        if (file.Rows.Count == 0) throw new UserErrorException($"{Path} has no text. Give a file with at least one row.");
        foreach (var (place, column) in columns.Index()) RequireTexts(file, place, column);
        return (file, identifier == null ? null : [.. file.Rows.Select(row => row[^1])]);
    }

    /// <summary>The lines of a file that is no table, plain or gzipped, without those that are blank.</summary>
    /// <exception cref="UserErrorException">The file is absent, no text in UTF-8, or blank.</exception>
    public static IReadOnlyList<string> Lines(string path) => InputFile.ReadText(path, reader =>
    {
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            if (!string.IsNullOrWhiteSpace(line)) lines.Add(line);
        return lines.Count > 0 ? lines : throw new UserErrorException($"{path} has no line of text.");
    });

    /// <summary>
    /// The two texts of each row in an order drawn by chance, a function of the texts, so that there is something to tell: which
    /// of them was chosen is the row's class.
    /// </summary>
    private TextData Preferences(string rejected)
    {
        var file = CsvTable.Read(Path, [TextColumn, rejected], csv: Format.Csv ?? new CsvFormat());
        foreach (var (place, column) in new[] { TextColumn, rejected }.Index()) RequireTexts(file, place, column);
        var (firsts, seconds, isFirst) = (Column(file.Rows, 0), Column(file.Rows, 1), new double[file.Rows.Count]);
        for (var row = 0; row < firsts.Length; row++)
        {
            isFirst[row] = new RandomStream(0, $"which comes first: {firsts[row]}\n{seconds[row]}").NextInt(2);
            if (isFirst[row] == 0) (firsts[row], seconds[row]) = (seconds[row], firsts[row]);
        }
        var classes = new TableClasses(["first", "second"], [.. isFirst.SelectMany(first => new[] { first, 1 - first })]);
        var table = FeatureTable.Divided(Path, classes.Likeliest(), Format);
        return new TextData(table.Name, table.Title, table.Unit, firsts, table.Labels, table.Splits)
        {
            Seconds = seconds, Classes = classes,
            Digest = Checksum.OfText($"{table.Digest} chosen {TextColumn.ToLowerInvariant()} rejected {rejected.ToLowerInvariant()}"),
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
            $"{Path}: {empty.Length} of {Counted.Of(file.Rows.Count, "text")} in the column {column} are empty, and nothing can be "
            + $"learned from them: {Counted.Word(empty.Length, "line")} {shown}{(empty.Length > ShownProblems ? " and more" : "")}. "
            + "Complete the rows, or remove them.");
    }
}
