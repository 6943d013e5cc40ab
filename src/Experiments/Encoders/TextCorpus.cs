namespace W2S.Experiments;

/// <summary>The texts of one corpus, those that a study evaluates apart.</summary>
/// <param name="Texts">What may be learned from.</param>
/// <param name="Evaluated">Texts in the valid or test part of one of its splits.</param>
/// <param name="Identity">SHA-256 of what decided them.</param>
/// <param name="Remarks">What its users should hear: a licence with conditions. Whole sentences without a full stop.</param>
internal sealed record TextCorpus(
    string Name, IReadOnlyList<string> Texts, IReadOnlyList<string> Evaluated, string Identity, IReadOnlyList<string> Remarks)
{
    private static readonly string[] Tables = [".csv", ".tsv", ".jsonl", ".ndjson"];

    /// <param name="reference">The name of a set of texts, or a file: a table, or a text on each line.</param>
    /// <exception cref="UserErrorException">There is no such corpus, or it is damaged.</exception>
    public static TextCorpus Load(string reference, EncoderSettings.TextOptions options, DataFolders folders)
    {
        if (TextDataSet.Find(reference) is { } known)
            return Divided(reference, known.Load(folders, label: null, asClasses: false), IdentityOf(reference, options, folders)!);
        if (!File.Exists(reference))
            throw new UserErrorException(
                $"There are no texts '{reference}': give a file, or one of {string.Join(", ", TextDataSet.All.Select(set => set.Name))}.");
        var identity = IdentityOf(reference, options, folders)!;
        if (options.Columns.Count > 0) return Divided(reference, TableOf(reference, options).LoadUnlabelled(options.TrainingPart), identity);
        if (Tables.Any(ending => Unzipped(reference).EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            throw new UserErrorException($"{reference} is a table: say with --text-column which of its columns has the texts.");
        return new TextCorpus(reference, TextFile.Lines(reference), [], identity, []);
    }

    /// <summary>SHA-256 of the files, without reading texts; null where they are not here.</summary>
    public static string? IdentityOf(string reference, EncoderSettings.TextOptions options, DataFolders folders)
    {
        var file = TextDataSet.Find(reference) is { } known ? folders.Find(known.File) : File.Exists(reference) ? reference : null;
        return file == null ? null : Checksum.OfFiles(options is { TrainingPart: true, Splits: not "" } ? [file, options.Splits] : [file]);
    }

    private static TextFile TableOf(string path, EncoderSettings.TextOptions options) =>
        new(path, options.Columns[0], new TableFormat(Splits: options.Splits == "" ? null : options.Splits,
            Csv: new CsvFormat(IdColumn: options.Id == "" ? null : options.Id)))
        {
            PairColumn = options.Columns.ElementAtOrDefault(1),
        };

    private static TextCorpus Divided(string name, TextData table, string identity)
    {
        var evaluated = table.Splits.Values.SelectMany(split => split.Valid.Concat(split.Test)).ToHashSet();
        var rows = Enumerable.Range(0, table.Texts.Count).ToLookup(evaluated.Contains);
        return new TextCorpus(name, TextsOf(rows[false]), TextsOf(rows[true]), identity, table.Remarks);

        string[] TextsOf(IEnumerable<int> of) =>
            [.. of.SelectMany(row => table.Seconds == null ? [table.Texts[row]] : new[] { table.Texts[row], table.Seconds[row] })];
    }

    private static string Unzipped(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
}
