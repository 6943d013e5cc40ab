using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>Features that somebody computed elsewhere, a row for each row of the table: a CSV file with a header, numbers only, plain or gzipped.</summary>
public sealed class StoredFeatures : TableRepresentation
{
    public const string Prefix = "features:";

    private readonly string _path;
    private readonly float[] _values;
    private readonly int _rows;

    /// <exception cref="UserErrorException">There is no such file, or a cell is no finite number.</exception>
    public StoredFeatures(string path)
    {
        _path = path;
        var table = CsvTable.Read(path, CsvTable.Header(path));
        (_rows, Width) = (table.Rows.Count, table.Rows.Count == 0 ? 0 : table.Rows[0].Length);
        if (_rows == 0) throw new UserErrorException($"{path} has a header and no row. Give a file with one row of features for each row of the data.");
        _values = new float[_rows * Width];
        for (var row = 0; row < _rows; row++)
            for (var column = 0; column < Width; column++)
                if (!float.TryParse(table.Rows[row][column], NumberStyles.Float, CultureInfo.InvariantCulture, out _values[row * Width + column]) || !float.IsFinite(_values[row * Width + column]))
                    throw new UserErrorException($"{table.Place(row)}, column {column + 1}: '{table.Rows[row][column]}' is no finite number, and features must be.");
        Digest = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(_values.AsSpan())));
    }

    public override string Name => Path.GetFileNameWithoutExtension(_path);
    public override string Description => $"{Width} stored features, from {_path}";
    public override int Width { get; }
    public override string Digest { get; }

    protected override float[] Clean(ILabelledTable table) => table.Labels.Count == _rows
        ? _values
        : throw new UserErrorException($"{_path} has {_rows} rows and {table.Title} {table.Labels.Count}: features need a row for each row of the data, in the same order.");
}
