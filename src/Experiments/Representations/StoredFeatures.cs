using System.Collections.Concurrent;

namespace W2S.Experiments;

/// <summary>
/// Features that somebody computed elsewhere, a row for each row of the table: NumPy's arrays, safetensors or CSV. They stay in
/// their file, and rows are read when they are wanted. Rows belong to those of the table by their place, or by their
/// identifiers where the table has some.
/// </summary>
internal sealed class StoredFeatures : IRepresentation
{
    public const string Prefix = "features:";

    // Rows that are known by their directions; each is width × width numbers, and a study asks for the same few.
    private const int MostKept = 64;

    // Numbers from which on looking at them takes long enough to be shown.
    private const long Large = 1 << 26;

    private static readonly ConcurrentDictionary<(string, DateTime, long), string> Digests = new();

    private readonly ArrayFile _file;
    private readonly TableFeatures _features;
    private readonly List<TableFeatures.Taken> _kept = [];
    private readonly Lock _gate = new();
    private (ILabelledTable Table, int[]? Order)? _order;

    /// <param name="reference">"weak.npy", "both.npz:weak", "weak.csv".</param>
    /// <param name="run">Where progress is shown and the wish to stop comes from: long texts are read for minutes.</param>
    /// <exception cref="UserErrorException">There is no such file, or it is damaged.</exception>
    public StoredFeatures(string reference, CsvFormat? csv = null, RunServices? run = null)
    {
        _file = Open(reference, csv, run ?? RunServices.Silent);
        if (_file.Rows == 0)
            throw new UserErrorException($"{reference} has no row. Give a file with one row of features for each row of the data.");
        Digest = DigestOf(reference);
        _features = new TableFeatures(checked((int)_file.Rows), _file.Width, (first, rows) => _file.Read(first, rows));
    }

    /// <summary>The file that has them.</summary>
    internal ArrayFile Source => _file;

    public string Name => NameOf(_file.Reference);
    public string Description => $"{Width} stored features, from {_file.Reference}";
    public int Width => _file.Width;
    public string Digest { get; }
    public Origin Origin => new(Found: true);

    /// <summary>Whether rows were found by their identifiers.</summary>
    internal bool IsJoined => _order?.Order != null;

    /// <summary>Columns that have one value throughout, once <see cref="Check"/> has looked.</summary>
    public int ConstantColumns { get; internal set; }

    /// <summary>"small" for runs/small.npy, "both-weak" for both.npz:weak.</summary>
    public static string NameOf(string reference)
    {
        var name = Path.GetFileName(reference);
        foreach (var ending in (string[])[".npz:", ".safetensors:"])
            if (name.IndexOf(ending, StringComparison.OrdinalIgnoreCase) is > 0 and var at)
                return $"{name[..at]}-{name[(at + ending.Length)..].Replace('/', '-')}";
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        return Path.GetFileNameWithoutExtension(name);
    }

    /// <summary>
    /// SHA-256 of the file; where it holds several arrays, of that and the array's name. Known as long as the file stays as it is.
    /// </summary>
    /// <exception cref="UserErrorException">There is no such file.</exception>
    public static string DigestOf(string reference)
    {
        var (path, key) = ArrayFile.Split(reference);
        var file = new FileInfo(path);
        if (!file.Exists) throw new UserErrorException($"There is no file {path}. Check the path of these features.");
        var digest = Digests.GetOrAdd((file.FullName, file.LastWriteTimeUtc, file.Length), _ => Checksum.OfFile(path));
        return key == null ? digest : Checksum.OfText($"{digest}:{key}");
    }

    private static ArrayFile Open(string reference, CsvFormat? csv, RunServices run)
    {
        // Fewer are read in a moment.
        const int megabyte = 1_000_000, shown = 20 * megabyte;
        IProgressDisplay.IItem? item = null;
        try
        {
            return ArrayFile.Open(reference, csv, (done, all) =>
            {
                run.Stop.ThrowIfSet();
                if (all < shown) return;
                item ??= run.Progress.Begin($"reading {NameOf(reference)}", "MB", all / megabyte);
                item.Report(done / megabyte);
            });
        }
        finally
        {
            item?.Dispose();
        }
    }

    public TaskSamples Features(Examples examples) => Rows(examples).ToSamples();

    /// <summary>The same object for the same rows, so that what is found out about them once is known to all.</summary>
    public FeatureRows Rows(Examples examples)
    {
        var asked = (Examples.OfTable)examples;
        lock (_gate)
        {
            var order = OrderFor(asked.Table);
            if (_kept.Find(rows => rows.AreOf(asked)) is { } known) return known;
            if (_kept.Count == MostKept) _kept.RemoveAt(0);
            var taken = new TableFeatures.Taken(_file.Reference, [_features], asked, order);
            _kept.Add(taken);
            return taken;
        }
    }

    /// <summary>Looks at every number: before anything is fitted, the user hears what is wrong with it.</summary>
    /// <exception cref="UserErrorException">One is no finite number.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    internal void Check(RunServices run)
    {
        using var progress = _file.Rows * Width > Large ? run.Progress.Begin($"looking at {Name}", "rows", _file.Rows) : null;
        var (block, first, varies) = (new float[FeatureMoments.BlockRows(Width) * Width], new float[Width], new bool[Width]);
        for (long row = 0, rows; row < _file.Rows; row += rows)
        {
            run.Stop.ThrowIfSet();
            rows = Math.Min(block.Length / Width, _file.Rows - row);
            var values = block.AsSpan(0, (int)rows * Width);
            _file.Read(row, values);
            _file.RequireFinite(row, values);
            if (row == 0) values[..Width].CopyTo(first);
            for (var column = 0; column < Width; column++)
                for (var place = column; place < values.Length && !varies[column]; place += Width)
                    varies[column] = values[place] != first[column];
            progress?.Report(row + rows);
        }
        ConstantColumns = varies.Count(varying => !varying);
    }

    /// <summary>All numbers, [rows of the table, width], in its order.</summary>
    /// <exception cref="UserErrorException">The rows are not the table's, or a number is not finite.</exception>
    internal double[] Doubles(ILabelledTable table)
    {
        RequireRowsOf(table);
        var (order, values) = (_order!.Value.Order, new double[table.Labels.Count * Width]);
        for (var row = 0; row < table.Labels.Count; row++)
        {
            var own = values.AsSpan(row * Width, Width);
            _file.Read(order?[row] ?? row, own);
            _file.RequireFinite(order?[row] ?? row, own);
        }
        return values;
    }

    /// <exception cref="UserErrorException">The rows are not the table's.</exception>
    internal void RequireRowsOf(ILabelledTable table)
    {
        lock (_gate) OrderFor(table);
    }

    /// <summary>For each row of the table its row here; null where they are in the same order.</summary>
    private int[]? OrderFor(ILabelledTable table)
    {
        if (_order?.Table != table) _order = (table, table.Identifiers == null ? ByPlace(table) : ByIdentifier(table, table.Identifiers));
        return _order!.Value.Order;
    }

    private int[]? ByPlace(ILabelledTable table) => table.Labels.Count == _file.Rows
        ? null
        : throw new UserErrorException($"{_file.Reference} has {Counted.Of(_file.Rows, "row")} and {table.Title} {table.Labels.Count}: "
            + "features need a row for each row of the data, in the same order. Write both from the same rows, or join them by identifiers "
            + "with --id COLUMN.");

    private int[] ByIdentifier(ILabelledTable table, IReadOnlyList<string> identifiers)
    {
        if (_file.Identifiers == null)
            throw new UserErrorException($"{table.Title} is joined by identifiers, and {_file.Reference} has none: give a CSV file with "
                + $"that column, or put {Path.GetFileName(ArrayFile.IdentifierFileOf(_file.Path))} with a column of them beside it.");
        var places = new Dictionary<string, int>(_file.Identifiers.Count);
        foreach (var (row, identifier) in _file.Identifiers.Index())
            if (!places.TryAdd(identifier, row))
                throw new UserErrorException($"{_file.Reference}: the identifier '{identifier}' stands in row {places[identifier]} and "
                    + $"again in row {row} (from 0), so that it is unknown which features are its. Keep one of the two rows.");
        var missing = identifiers.Where(identifier => !places.ContainsKey(identifier)).ToList();
        if (missing.Count > 0)
            throw new UserErrorException($"{_file.Reference} has no row for {missing.Count} of the "
                + $"{Counted.Of(identifiers.Count, "identifier")} of {table.Title}, the first of them '{missing[0]}'. "
                + "Compute their features, or take them out of the labels.");
        return [.. identifiers.Select(identifier => places[identifier])];
    }
}
