namespace W2S.Data;

// Reads divisions in files.
public sealed partial record TableSplit
{
    private const string Prefix = "split", RowIndex = "row_index";
    private static readonly string[] Parts = ["train", "valid", "test"];

    /// <summary>Reads a file with the columns row_index and split122, split123, …, whose cells are train, valid or test.</summary>
    /// <param name="rows">How many rows the table has that the file divides.</param>
    /// <exception cref="UserErrorException">
    /// A row is divided twice or not at all, lies outside the table, or its part is none of the three.
    /// </exception>
    public static IReadOnlyDictionary<int, TableSplit> Read(string path, int rows)
    {
        var seeds = new SortedDictionary<int, string>();
        foreach (var name in CsvTable.Header(path))
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
                seeds[seed] = name;
        if (seeds.Count == 0)
            throw new UserErrorException($"{path} has no column of a split: they are called {Prefix}122 for the seed 122, and so on.");

        var table = CsvTable.Read(path, [RowIndex, .. seeds.Values]);
        var lineOf = LinesOfRows(table, rows);
        var missing = Enumerable.Range(0, rows).Where(row => lineOf[row] < 0).ToArray();
        if (missing.Length > 0)
            throw new UserErrorException(
                $"{path} says nothing of {missing.Length} of the table's {Counted.Of(rows, "row")}, the first of them row {missing[0]}. "
                    + "A split must have every row in exactly one part; take the splits that were made for this table.");

        var splits = new Dictionary<int, TableSplit>();
        foreach (var (seed, column) in seeds.Select((entry, index) => (entry.Key, index + 1)))
        {
            var rowsOf = Parts.Select(_ => new List<int>()).ToArray();
            for (var row = 0; row < rows; row++)
            {
                var part = Array.IndexOf(Parts, table.Rows[lineOf[row]][column]);
                if (part < 0)
                    throw new UserErrorException(
                        $"{table.Place(lineOf[row])}: '{table.Rows[lineOf[row]][column]}' in the column {seeds[seed]} is no part of a "
                        + "split. Write train, valid or test.");
                rowsOf[part].Add(row);
            }
            for (var part = 0; part < Parts.Length; part++)
                if (rowsOf[part].Count == 0)
                    throw new UserErrorException(
                        $"{path}: the {Parts[part]} part of {seeds[seed]} is empty. Give each part at least one row.");
            splits[seed] = new TableSplit(seed, rowsOf[0], rowsOf[1], rowsOf[2]);
        }
        return splits;
    }

    /// <summary>For each row of the table, the row of the file that divides it; −1 where none does.</summary>
    private static int[] LinesOfRows(CsvTable table, int rows)
    {
        var lineOf = Enumerable.Repeat(-1, rows).ToArray();
        for (var line = 0; line < table.Rows.Count; line++)
        {
            var text = table.Rows[line][0];
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var row) || row >= rows)
                throw new UserErrorException(
                    $"{table.Place(line)}: row_index is '{text}', but the table has the rows 0 to {rows - 1}. Take the splits that "
                    + "were made for this table.");
            if (lineOf[row] >= 0)
                throw new UserErrorException(
                    $"{table.Place(line)}: row {row} was divided before, on line {table.Lines[lineOf[row]]}, so that parts may "
                    + "overlap. Keep one of the two lines.");
            lineOf[row] = line;
        }
        return lineOf;
    }

    /// <summary>
    /// Divisions of rows in a file of one's own: a column for each split with train, valid (or val) and test in it, or with 1 for
    /// test and 0 for train; or one split as three columns train, valid and test of 0 and 1. Files with the column row_index are
    /// read as <see cref="Read(string, int)"/> reads them.
    /// </summary>
    /// <param name="rows">Of the table.</param>
    /// <param name="identifiers">The table's, by which the file's rows are found; null: they are in the table's order.</param>
    /// <exception cref="UserErrorException">A row is in two parts or in none, a part that every split needs is empty, or the rows are not
    /// the table's.</exception>
    internal static IReadOnlyDictionary<int, TableSplit> Read(
        string reference, int rows, IReadOnlyList<string>? identifiers, CsvFormat? csv)
    {
        csv ??= new CsvFormat();
        var isText = ArrayFile.Split(reference).Key == null && !reference.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);
        var header = isText ? CsvTable.Header(reference, csv) : [];
        if (header.Contains(RowIndex, StringComparer.OrdinalIgnoreCase)) return Read(reference, rows);
        var cells = isText && header.Any(name => !IsMark(name)) ? Texts(reference, header, csv) : Marks(reference, csv);
        var order = Order(reference, rows, identifiers, cells);
        if (cells.Columns.Count == 3 && Parts.All(part => cells.Columns.Contains(part, StringComparer.OrdinalIgnoreCase)))
            return new Dictionary<int, TableSplit> { [0] = Masks(reference, rows, cells, order) };
        var seeds = Seeds(cells.Columns);
        return cells.Columns.Index().ToDictionary(column => seeds[column.Index],
            column => Split(reference, seeds[column.Index], rows, row => PartOf(cells, order(row), column.Index)));
    }

    private static bool IsMark(string text) => text is "0" or "1";

    /// <summary>The cells of every split, as text: [rows][splits].</summary>
    private sealed record Cells(
        IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows, IReadOnlyList<string>? Identifiers, Func<int, string> Place);

    private static Cells Texts(string path, IReadOnlyList<string> header, CsvFormat csv)
    {
        string[] columns = [.. header.Where(name => !name.Equals(csv.IdColumn, StringComparison.OrdinalIgnoreCase) && name != "")];
        var table = CsvTable.Read(path, [.. columns, .. csv.IdColumn is { } id ? [id] : Array.Empty<string>()], csv: csv);
        return new Cells(columns, table.Rows, csv.IdColumn == null ? null : [.. table.Rows.Select(row => row[^1])], table.Place);
    }

    private static Cells Marks(string reference, CsvFormat csv)
    {
        using var file = ArrayFile.Open(reference, csv with { IdColumn = null, Columns = null });
        var marks = new double[file.Rows * file.Width];
        file.Read(0, marks);
        string[][] rows = [.. marks.Chunk(file.Width)
            .Select(row => row.Select(mark => mark.ToString("R", CultureInfo.InvariantCulture)).ToArray())];
        string[] columns = [.. file.Columns ?? Enumerable.Range(0, file.Width).Select(number => $"{number}")];
        return new Cells(columns, rows, file.Identifiers, row => $"{reference}, row {row} (from 0)");
    }

    /// <summary>Which row of the file a row of the table has.</summary>
    private static Func<int, int> Order(string reference, int rows, IReadOnlyList<string>? identifiers, Cells cells)
    {
        if (identifiers == null || cells.Identifiers == null)
        {
            if (identifiers != null) throw new UserErrorException($"{reference} divides rows that are known by identifiers, and has none: "
                + "add that column to it.");
            return cells.Rows.Count == rows ? row => row
                : throw new UserErrorException(
                    $"{reference} divides {Counted.Of(cells.Rows.Count, "row")}, and the table has {rows}. Take the splits "
                + "that were made for this table.");
        }
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (row, identifier) in cells.Identifiers.Index())
            if (!places.TryAdd(identifier, row)) throw new UserErrorException($"{cells.Place(row)}: '{identifier}' was divided before, in "
                + $"{cells.Place(places[identifier])}, so that parts may overlap. Keep one of the two rows.");
        if (identifiers.FirstOrDefault(identifier => !places.ContainsKey(identifier)) is { } missing)
            throw new UserErrorException($"{reference} says nothing of '{missing}' and "
                + $"{identifiers.Count(identifier => !places.ContainsKey(identifier)) - 1} other rows of the table. A split must have "
                + "every row in exactly one part.");
        return row => places[identifiers[row]];
    }

    private static string PartOf(Cells cells, int row, int column)
    {
        var text = cells.Rows[row][column].ToLowerInvariant();
        return text switch
        {
            "train" or "0" or "false" => Parts[0],
            "valid" or "val" or "validation" or "dev" => Parts[1],
            "test" or "1" or "true" => Parts[2],
            _ => throw new UserErrorException($"{cells.Place(row)}: '{cells.Rows[row][column]}' in the column {cells.Columns[column]} is "
                + "no part of a split. Write train, valid or test, or 1 for test and 0 for train."),
        };
    }

    private static TableSplit Masks(string reference, int rows, Cells cells, Func<int, int> order)
    {
        int[] columns = [.. Parts.Select(part => cells.Columns.Select(name => name.ToLowerInvariant()).ToList().IndexOf(part))];
        return Split(reference, 0, rows, row =>
        {
            var marks = columns.Select(column => cells.Rows[order(row)][column]).ToArray();
            if (marks.FirstOrDefault(mark => !IsMark(mark)) is { } strange) throw new UserErrorException($"{cells.Place(order(row))}: "
                + $"'{strange}' marks no part; write 1 where the row is in it, else 0.");
            var inParts = marks.Count(mark => mark == "1");
            return inParts == 1 ? Parts[Array.IndexOf(marks, "1")] : throw new UserErrorException(
                $"{cells.Place(order(row))}: the row is in {(inParts == 0 ? "no part" : $"{inParts} parts")} of the split. A row that was "
                    + "learned from must not be tested, and every row has a part: mark exactly one.");
        });
    }

    private static TableSplit Split(string reference, int seed, int rows, Func<int, string> partOf)
    {
        var parts = Parts.ToDictionary(part => part, _ => new List<int>());
        for (var row = 0; row < rows; row++) parts[partOf(row)].Add(row);
        foreach (var needed in (string[])["train", "test"])
            if (parts[needed].Count == 0) throw new UserErrorException($"{reference}: the {needed} part of split {seed} is empty, and a "
                + "stage would be without rows. Give it at least one.");
        return new TableSplit(seed, parts["train"], parts["valid"], parts["test"]);
    }

    /// <summary>What columns are called by: the number at the end of each name, or where that does not tell them apart, their
    /// places.</summary>
    private static int[] Seeds(IReadOnlyList<string> columns)
    {
        int?[] numbers = [.. columns.Select(NumberAtEnd)];
        return numbers.All(number => number != null) && numbers.Distinct().Count() == numbers.Length
            ? [.. numbers.Select(number => number!.Value)] : [.. Enumerable.Range(0, columns.Count)];
    }

    private static int? NumberAtEnd(string name)
    {
        var digits = name.AsSpan(name.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
