using CsvHelper;

namespace W2S.Data;

/// <summary>
/// Chosen columns of a CSV file with a header (RFC 4180: quoted cells may hold commas and line breaks), or of JSON lines
/// (<see cref="JsonLines"/>), with each row's line.
/// </summary>
internal sealed class CsvTable
{
    private CsvTable(string path, IReadOnlyList<string[]> rows, IReadOnlyList<int> lines) => (Path, Rows, Lines) = (path, rows, lines);

    public string Path { get; }

    /// <summary>[rows][columns asked for], in their order; blanks around cells are gone.</summary>
    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>The line, counted from 1, on which each row begins.</summary>
    public IReadOnlyList<int> Lines { get; }

    /// <summary>Where a row stands, as error messages name it.</summary>
    public string Place(int row) => $"{Path}, line {Lines[row]}";

    /// <summary>A text as a cell, quoted where it must be.</summary>
    public static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";

    /// <summary>The names in the header.</summary>
    /// <param name="csv">How cells are separated; null: by commas.</param>
    public static IReadOnlyList<string> Header(string path, CsvFormat? csv = null) => InputFile.ReadText(path, reader =>
    {
        if (JsonLines.AreIn(path))
            return JsonLines.Objects(reader, path)
                .Select(row => row.Object.EnumerateObject().Select(key => key.Name).ToArray()).FirstOrDefault([]);
        using var rows = Open(reader, path, csv);
        return Named(path, () => rows.Headers.Select(name => name.Trim()).ToArray());
    });

    /// <param name="columns">Names of columns, compared without regard to case and surrounding blanks.</param>
    /// <param name="limit">Read at most this many rows.</param>
    /// <param name="csv">How cells are separated; null: by commas.</param>
    /// <exception cref="UserErrorException">The file cannot be read, has no such column, or a row is no CSV or too short.</exception>
    public static CsvTable Read(string path, IReadOnlyList<string> columns, int limit = int.MaxValue, CsvFormat? csv = null) =>
        InputFile.ReadText(path, reader =>
    {
        if (JsonLines.AreIn(path)) return ReadObjects(path, reader, columns, limit);
        using var rows = Open(reader, path, csv);
        return Named(path, () => ReadRows(path, rows, columns, limit));
    });

    private static CsvTable ReadObjects(string path, TextReader reader, IReadOnlyList<string> columns, int limit)
    {
        var (rows, lines) = (new List<string[]>(), new List<int>());
        foreach (var (line, one) in JsonLines.Objects(reader, path).Take(limit))
        {
            rows.Add([.. columns.Select(column => JsonLines.Cell(one, column, $"{path}, line {line}"))]);
            lines.Add(line);
        }
        return new CsvTable(path, rows, lines);
    }

    private static CsvTable ReadRows(string path, CsvReader csv, IReadOnlyList<string> columns, int limit)
    {
        var header = csv.Headers.Select(name => name.Trim()).ToArray();
        if (header.Length == 0)
            throw new UserErrorException(
                $"{path} is empty. It needs a first line with the names of its columns: {string.Join(", ", columns)}.");
        var places = columns.Select(column => PlaceOf(column, header, path)).ToArray();
        var rows = new List<string[]>();
        var lines = new List<int>();
        while (rows.Count < limit && csv.Read())
        {
            if (csv.FieldCount != header.Length && !(csv.FieldCount == 1 && header.Length > 1 && csv.GetString(0).Trim() == ""))
                throw new UserErrorException(
                    $"{path}, line {csv.LineNumber}: the row has {Counted.Of(csv.FieldCount, "cell")}, the header {header.Length}. "
                        + "Complete the row, or quote cells that hold commas.");
            if (csv.FieldCount != header.Length) continue;
            rows.Add([.. places.Select(place => csv.GetString(place).Trim())]);
            lines.Add((int)csv.LineNumber);
        }
        return new CsvTable(path, rows, lines);
    }

    /// <summary>Gives the file's name to what the reader says of a line.</summary>
    internal static T Named<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException error)
        {
            throw new UserErrorException(
                $"{path}, line {error.LineNumber}: {error.Message.Split('\n')[0].Trim().TrimEnd('.')}. Quote cells that hold commas, "
                + "quotes or line breaks, and double the quotes in them.");
        }
    }

    private static CsvReader Open(TextReader reader, string path, CsvFormat? csv) => CsvReader.Create(
        reader,
        new CsvReaderOptions
        {
            Separator = csv == null ? ',' : csv.SeparatorFor(path), TrackLineNumbers = true, SkipEmptyLines = false,
            MalformedData = CsvMalformedDataHandling.Throw,
        },
        leaveOpen: true);

    private static int PlaceOf(string column, string[] header, string path)
    {
        var places = Enumerable.Range(0, header.Length)
            .Where(place => string.Equals(header[place], column, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (places.Length == 1) return places[0];
        if (places.Length > 1)
            throw new UserErrorException($"{path} has {places.Length} columns called '{column}'. Rename all but one.");
        var meant = NearestName.Find(column, header) is { } near ? $"; did you mean '{near}'?" : ".";
        throw new UserErrorException(
            $"{path} has no column '{column}'{meant} Its columns are {string.Join(", ", header.Select(name => $"'{name}'"))}: rename one, "
            + "or name the right one.");
    }

    /// <summary>Lines of cells as such a file, commas between cells and quotes where they are needed; lines end in one line feed.</summary>
    public static string Write(IEnumerable<IReadOnlyList<string>> lines)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Write(text, lines);
        return text.ToString();
    }

    /// <inheritdoc cref="Write(IEnumerable{IReadOnlyList{string}})"/>
    public static void Write(TextWriter text, IEnumerable<IReadOnlyList<string>> lines)
    {
        using var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        foreach (var line in lines) csv.WriteRecord([.. line]);
    }
}
