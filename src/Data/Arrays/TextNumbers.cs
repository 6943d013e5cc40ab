using System.Runtime.InteropServices;
using System.Text.Json;
using CsvHelper;

namespace W2S.Data;

/// <summary>
/// The numbers of a text file, read once and kept as float64 in a temporary file: of CSV, or of JSON lines, where a key with a number
/// is a column, one with a list of numbers as many as it is long, and keys with text are passed over, but for identifiers.
/// </summary>
internal sealed record TextNumbers(StoredMatrix Matrix, IReadOnlyList<string>? Columns, IReadOnlyList<string>? Identifiers)
{
    // Longer rows are no rows: a quote that nobody closed would else take the memory.
    private const int LongestRow = 1 << 28;

    // How often it is told how much has been read, in rows.
    private const int TellEvery = 1024;

    /// <param name="tell">Hears how many bytes of how many have been read; what it throws stops the reading.</param>
    /// <exception cref="UserErrorException">A cell is no number, a row too short, a column not there: with line and column.</exception>
    public static TextNumbers Read(string path, CsvFormat format, Action<long, long>? tell = null)
    {
        var isJson = JsonLines.AreIn(path);
        var separator = isJson ? null : SeparatorOf(path, format);
        var spool = InputFile.Temporary();
        try
        {
            return InputFile.ReadText(path, (text, progress) =>
            {
                return isJson ? OfObjects(text, path, format, spool, Tell) : OfCells(text, path, format, separator, spool, Tell);

                void Tell(long rows)
                {
                    if (tell == null || rows % TellEvery != 0) return;
                    var (done, all) = progress();
                    tell(done, all);
                }
            });
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static char? SeparatorOf(string path, CsvFormat format)
    {
        if (format.Decimal is not ('.' or ','))
            throw new UserErrorException($"'{format.Decimal}' is no mark of decimals: it is a point or a comma.");
        var separator = format.SeparatorFor(path);
        return separator != format.Decimal ? separator : throw new UserErrorException(
            $"{path}: '{separator}' cannot separate both cells and decimals. Give another separator; "
                + "files with decimal commas have semicolons mostly.");
    }

    private static TextNumbers OfCells(TextReader text, string path, CsvFormat format, char? separator, FileStream spool, Action<long> tell)
    {
        var options = new CsvReaderOptions
        {
            Separator = separator, HasHeader = false, TrackLineNumbers = true, SkipEmptyLines = false,
            MalformedData = CsvMalformedDataHandling.Throw, MaxRecordSize = LongestRow,
        };
        using var csv = CsvReader.Create(text, options, leaveOpen: true);
        return CsvTable.Named(path, () => new Cells(path, format, csv, spool).All(tell));
    }

    private static TextNumbers OfObjects(TextReader text, string path, CsvFormat format, FileStream spool, Action<long> tell)
    {
        var (identifiers, rows) = (new List<string>(), 0L);
        List<(string Key, int Length, bool IsList)>? layout = null;
        double[] row = [];
        foreach (var (line, one) in JsonLines.Objects(text, path))
        {
            var place = $"{path}, line {line}";
            layout ??= Layout(one, format, place);
            if (rows == 0) row = new double[layout.Sum(key => key.Length)];
            Take(one, layout, row, place);
            if (format.IdColumn is { } id) identifiers.Add(JsonLines.Cell(one, id, place));
            spool.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            tell(++rows);
        }
        if (layout == null) throw new UserErrorException($"{path} is empty. Give a file with an object for each example.");
        string[] names = [.. layout.SelectMany(key => key.IsList
            ? Enumerable.Range(0, key.Length).Select(number => string.Create(CultureInfo.InvariantCulture, $"{key.Key}[{number}]"))
            : [key.Key])];
        return new TextNumbers(Spooled(spool, rows, row.Length), names, format.IdColumn == null ? null : identifiers);
    }

    private static StoredMatrix Spooled(FileStream spool, long rows, int width) =>
        new(spool.SafeFileHandle, 0, StoredMatrix.Element.Float64, rows, width, ColumnMajor: false);

    /// <summary>The keys with numbers, as the first object has them.</summary>
    private static List<(string Key, int Length, bool IsList)> Layout(JsonElement one, CsvFormat format, string place)
    {
        var isChosen = format.Columns is { Count: > 0 };
        IEnumerable<JsonProperty> keys = isChosen
            ? format.Columns!.Select(column => JsonLines.Find(one, column, place) ?? throw JsonLines.NoColumn(one, column, place))
            : one.EnumerateObject().Where(key => !key.Name.Equals(format.IdColumn, StringComparison.OrdinalIgnoreCase)
                && key.Value.ValueKind is JsonValueKind.Number or JsonValueKind.Array);
        List<(string, int, bool)> layout = [.. keys.Select(key => key.Value.ValueKind == JsonValueKind.Array
            ? (key.Name, key.Value.GetArrayLength(), true)
            : (key.Name, 1, false))];
        return layout.Count > 0 ? layout
            : throw new UserErrorException($"{place}: the object has no number and no list of numbers. Give a file with numbers.");
    }

    private static void Take(JsonElement one, List<(string Key, int Length, bool IsList)> layout, double[] row, string place)
    {
        var at = 0;
        foreach (var (key, length, isList) in layout)
        {
            var value = (JsonLines.Find(one, key, place) ?? throw JsonLines.NoColumn(one, key, place)).Value;
            if (!isList)
            {
                row[at++] = Number(value, key, place);
                continue;
            }
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != length)
            {
                var found = value.ValueKind == JsonValueKind.Array
                    ? $"a list of {Counted.Of(value.GetArrayLength(), "number")}"
                    : "no list";
                throw new UserErrorException($"{place}: '{key}' is {found}, where the first row has {length}. Complete it.");
            }
            foreach (var (number, item) in value.EnumerateArray().Index())
                row[at++] = Number(item, string.Create(CultureInfo.InvariantCulture, $"{key}[{number}]"), place);
        }
    }

    private static double Number(JsonElement value, string key, string place) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number
            : throw new UserErrorException(
                $"{place}: '{key}' is {value.GetRawText()}, and no number. "
                    + "Correct the row, or leave it out here and in every file that speaks of the same rows.");

    /// <summary>One pass through the rows of CSV.</summary>
    private sealed class Cells(string path, CsvFormat format, CsvReader csv, FileStream spool)
    {
        private readonly List<string> _identifiers = [];
        private string[]? _names;
        private int[] _places = [];
        private int _cells, _id = -1;
        private double[] _row = [];
        private long _rows, _blank;

        public TextNumbers All(Action<long> tell)
        {
            if (!NextRow()) throw new UserErrorException($"{path} is empty. Give a file with one row of numbers for each example.");
            Arrange();
            if (_names == null) Take();
            while (NextRow())
            {
                Take();
                tell(_rows);
            }
            if (_rows == 0)
                throw new UserErrorException($"{path} has a header and no row. Give a file with one row of numbers for each example.");
            string[]? columns = _names == null ? null : [.. _places.Select(place => _names[place])];
            return new TextNumbers(Spooled(spool, _rows, _row.Length), columns, _id < 0 ? null : _identifiers);
        }

        /// <summary>The next row that is not blank; a blank one among rows of a single cell is a cell without a number.</summary>
        private bool NextRow()
        {
            while (csv.Read())
            {
                var isBlank = csv.FieldCount == 1 && csv.GetSpan(0).IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;
                if (!isBlank)
                {
                    if (_blank > 0 && _cells == 1)
                        throw new UserErrorException(
                            $"{path}, line {_blank}: the cell is empty. "
                                + "Complete it, or leave the row out here and in every file that speaks of the same rows.");
                    return true;
                }
                if (_blank == 0) _blank = csv.LineNumber;
            }
            return false;
        }

        /// <summary>Finds out from the first row what stands where.</summary>
        private void Arrange()
        {
            _cells = csv.FieldCount;
            string[] first = [.. Enumerable.Range(0, _cells).Select(place => csv.GetString(place).Trim())];
            if (format.Header ?? HasNames(first)) _names = first;
            if (format.IdColumn is { } id) _id = PlaceOf(id);
            else if (_cells > 1 && _names is ["", ..]) _id = 0;
            _places = format.Columns is { Count: > 0 } columns
                ? [.. columns.Select(PlaceOf)]
                : [.. Enumerable.Range(0, _cells).Where(place => place != _id)];
            if (_places.Length == 0)
                throw new UserErrorException($"{path} has no column beside the identifiers. Give a file with numbers.");
            _row = new double[_places.Length];
        }

        private bool HasNames(string[] first)
        {
            if (!Enumerable.Range(0, _cells).All(place => TryParse(csv.GetSpan(place), out _))) return true;
            if (_cells > 1 && first.Index().All(cell => cell.Item == cell.Index.ToString(CultureInfo.InvariantCulture)))
                throw new UserErrorException(
                    $"{path}, line {csv.LineNumber}: 0, 1, 2, … may be names of columns, as pandas writes them, or numbers. Say which: "
                        + "--header or --no-header.");
            return false;
        }

        private int PlaceOf(string column)
        {
            int[] places = _names == null
                ? []
                : [.. Enumerable.Range(0, _cells).Where(place => string.Equals(_names[place], column, StringComparison.OrdinalIgnoreCase))];
            if (places.Length > 1)
                throw new UserErrorException(
                    $"{path} has {places.Length} columns called '{column}'. Rename all but one, or name it by its number, from 1.");
            if (places.Length == 1) return places[0];
            if (int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= _cells)
                return number - 1;
            throw new UserErrorException($"{path} has no column '{column}'. " + (_names == null
                ? $"It has {_cells} columns and no header: name one by its number, from 1."
                : $"Its columns are {string.Join(", ", _names.Take(50).Select(name => $"'{name}'"))}."));
        }

        private void Take()
        {
            if (csv.FieldCount != _cells)
                throw new UserErrorException(
                    $"{path}, line {csv.LineNumber}: the row has {Counted.Of(csv.FieldCount, "cell")}, the first {_cells}. Complete the "
                    + $"row; cells are separated by {Shown(csv.Separator)}{(format.Separator == null ? ", which was found out" : "")}.");
            for (var column = 0; column < _row.Length; column++)
                if (!TryParse(csv.GetSpan(_places[column]), out _row[column])) throw NoNumber(_places[column]);
            if (_id >= 0) _identifiers.Add(csv.GetString(_id).Trim());
            spool.Write(MemoryMarshal.AsBytes(_row.AsSpan()));
            _rows++;
        }

        private UserErrorException NoNumber(int place)
        {
            var text = csv.GetString(place).Trim();
            var where = $"{path}, line {csv.LineNumber}, column {place + 1}{(_names == null ? "" : $" ('{_names[place]}')")}";
            if (text == "")
                return new UserErrorException($"{where}: the cell is empty. Complete it, or leave the row out here and in every file "
                    + "that speaks of the same rows.");
            var hint = format.Decimal == '.' && text.Contains(',') ? "If commas mark its decimals, say so with --decimal ,."
                : format.Decimal == ',' && text.Contains('.') ? "Decimal commas are asked for, and it has points."
                : "Correct it, choose columns of numbers with --column, or name the column of identifiers with --id.";
            return new UserErrorException($"{where}: '{text}' is no number. {hint}");
        }

        private bool TryParse(ReadOnlySpan<byte> text, out double value) =>
            format.Decimal == '.' ? TryParsePoint(text, out value) : TryParseComma(text, out value);

        private static bool TryParseComma(ReadOnlySpan<byte> text, out double value)
        {
            const int longest = 64;
            value = double.NaN;
            if (text.Length > longest || text.Contains((byte)'.')) return false;
            Span<byte> copy = stackalloc byte[longest];
            text.Replace(copy, (byte)',', (byte)'.');
            return TryParsePoint(copy[..text.Length], out value);
        }

        private static bool TryParsePoint(ReadOnlySpan<byte> text, out double value)
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return true;
            // NumPy and pandas write infinities so.
            text = text.Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(text, "inf"u8) || Ascii.EqualsIgnoreCase(text, "+inf"u8)) value = double.PositiveInfinity;
            else if (Ascii.EqualsIgnoreCase(text, "-inf"u8)) value = double.NegativeInfinity;
            return double.IsInfinity(value);
        }

        private static string Shown(char separator) => separator == '\t' ? "tabs" : $"'{separator}'";
    }
}
