using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace W2S.Data;

/// <summary>
/// The numbers of a file of JSON lines, as <see cref="CsvNumbers"/> has those of CSV: a key with a number is a column, one with a
/// list of numbers as many as it is long. Keys with text are passed over, but for identifiers.
/// </summary>
internal static class JsonNumbers
{
    /// <inheritdoc cref="CsvNumbers.Read"/>
    public static CsvNumbers Read(string path, CsvFormat format, Action<long, long>? tell = null)
    {
        var spool = new Spool();
        try
        {
            return TextSource.Read(path, (reader, progress) =>
            {
                var (identifiers, rows) = (new List<string>(), 0L);
                List<(string Key, int Length, bool IsList)>? layout = null;
                double[] row = [];
                foreach (var (line, one) in JsonLines.Objects(reader, path))
                {
                    var place = $"{path}, line {line}";
                    layout ??= Layout(one, format, place);
                    if (rows == 0) row = new double[layout.Sum(key => key.Length)];
                    Take(one, layout, row, place);
                    if (format.IdColumn is { } id) identifiers.Add(JsonLines.Cell(one, id, place));
                    spool.Write(MemoryMarshal.AsBytes(row.AsSpan()));
                    if (++rows % 1024 == 0 && tell != null)
                    {
                        var (done, all) = progress();
                        tell(done, all);
                    }
                }
                if (layout == null) throw new UserErrorException($"{path} is empty. Give a file with an object for each example.");
                var matrix = new StoredMatrix(spool.Take(), 0, ElementFormat.Float64, rows, row.Length, ColumnMajor: false);
                string[] names = [.. layout.SelectMany(key => key.IsList
                    ? Enumerable.Range(0, key.Length).Select(number => string.Create(CultureInfo.InvariantCulture, $"{key.Key}[{number}]")) : [key.Key])];
                return new CsvNumbers(matrix, names, format.IdColumn == null ? null : identifiers);
            });
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>The keys with numbers, as the first object has them.</summary>
    private static List<(string Key, int Length, bool IsList)> Layout(JsonElement one, CsvFormat format, string place)
    {
        var isChosen = format.Columns is { Count: > 0 };
        IEnumerable<JsonProperty> keys = isChosen
            ? format.Columns!.Select(column => JsonLines.Find(one, column, place) ?? throw JsonLines.NoColumn(one, column, place))
            : one.EnumerateObject().Where(key => !key.Name.Equals(format.IdColumn, StringComparison.OrdinalIgnoreCase)
                && key.Value.ValueKind is JsonValueKind.Number or JsonValueKind.Array);
        List<(string, int, bool)> layout =
            [.. keys.Select(key => key.Value.ValueKind == JsonValueKind.Array ? (key.Name, key.Value.GetArrayLength(), true) : (key.Name, 1, false))];
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
                throw new UserErrorException(
                    $"{place}: '{key}' is {(value.ValueKind == JsonValueKind.Array ? $"a list of {value.GetArrayLength()} numbers" : "no list")}, where the first row has {length}. Complete it.");
            foreach (var (number, item) in value.EnumerateArray().Index())
                row[at++] = Number(item, string.Create(CultureInfo.InvariantCulture, $"{key}[{number}]"), place);
        }
    }

    private static double Number(JsonElement value, string key, string place) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number
            : throw new UserErrorException($"{place}: '{key}' is {value.GetRawText()}, and no number. Correct the row, or leave it out here and in every file that speaks of the same rows.");
}
