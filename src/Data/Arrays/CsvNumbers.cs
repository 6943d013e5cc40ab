using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CsvHelper;

namespace W2S.Data;

/// <summary>The numbers of a text file, read once and kept as float64 in a temporary file.</summary>
internal sealed record CsvNumbers(StoredMatrix Matrix, IReadOnlyList<string>? Columns, IReadOnlyList<string>? Identifiers)
{
    // Longer rows are no rows: a quote that nobody closed would else take the memory.
    private const int LongestRow = 1 << 28;

    /// <exception cref="UserErrorException">A cell is no number, a row too short, a column not there: with file, line and
    /// column.</exception>
    public static CsvNumbers Read(string path, CsvFormat format)
    {
        if (format.Decimal is not ('.' or ','))
            throw new UserErrorException($"'{format.Decimal}' is no mark of decimals: it is a point or a comma.");
        var separator = format.SeparatorFor(path);
        if (separator == format.Decimal)
            throw new UserErrorException(
                $"{path}: '{separator}' cannot separate both cells and decimals. Give another separator; files with decimal commas have "
                    + "semicolons mostly.");
        var spool = new Spool();
        try
        {
            return TextSource.Read(path, text =>
            {
                var options = new CsvReaderOptions
                {
                    Separator = separator, HasHeader = false, TrackLineNumbers = true, SkipEmptyLines = false,
                    MalformedData = CsvMalformedDataHandling.Throw, MaxRecordSize = LongestRow,
                };
                using var csv = CsvReader.Create(text, options, leaveOpen: true);
                return CsvTable.Named(path, () => new Reading(path, format, csv, spool).All());
            });
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>One pass through the rows.</summary>
    private sealed class Reading(string path, CsvFormat format, CsvReader csv, Spool spool)
    {
        private readonly List<string> _identifiers = [];
        private string[]? _names;
        private int[] _places = [];
        private int _cells, _id = -1;
        private double[] _row = [];
        private long _rows, _blank;

        public CsvNumbers All()
        {
            if (!NextRow()) throw new UserErrorException($"{path} is empty. Give a file with one row of numbers for each example.");
            Arrange();
            if (_names == null) Take();
            while (NextRow()) Take();
            if (_rows == 0)
                throw new UserErrorException($"{path} has a header and no row. Give a file with one row of numbers for each example.");
            var matrix = new StoredMatrix(spool.Take(), 0, ElementFormat.Float64, _rows, _row.Length, ColumnMajor: false);
            string[]? columns = _names == null ? null : [.. _places.Select(place => _names[place])];
            return new CsvNumbers(matrix, columns, _id < 0 ? null : _identifiers);
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
                            $"{path}, line {_blank}: the cell is empty. Complete it, or leave the row out here and in every file that "
                                + "speaks of the same rows.");
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
                    $"{path}, line {csv.LineNumber}: the row has {csv.FieldCount} cells, the first {_cells}. Complete the row; cells are "
                        + $"separated by {Shown(csv.Separator)}{(format.Separator == null ? ", which was found out" : "")}.");
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
