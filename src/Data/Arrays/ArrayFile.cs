namespace W2S.Data;

/// <summary>
/// A file of numbers, a row an example, of which blocks of rows are read when they are wanted: NumPy's arrays, safetensors,
/// CSV, JSON lines.
/// </summary>
/// <remarks>
/// The file is never read as a whole and may be larger than the memory. Rows are asked for by their place in the file, not
/// through a memory map: a file that is cut short while it is read is then an error and not the end of the process. Text and
/// what is compressed are unpacked once, to a temporary file that goes with this object.
/// </remarks>
public sealed class ArrayFile : IDisposable
{
    /// <summary>The column of a file of identifiers that has them.</summary>
    internal const string IdentifierColumn = "id";

    private static readonly string[] Keyed = [".npz", ".safetensors"];
    private static readonly string[] Plain = [".npy", ".csv", ".tsv", ".csv.gz", ".tsv.gz"];

    private readonly StoredMatrix _matrix;
    private readonly Lazy<string> _digest;

    private ArrayFile(
        string reference, string path, StoredMatrix matrix, IReadOnlyList<string>? columns, IReadOnlyList<string>? identifiers)
    {
        (Reference, Path, _matrix, Columns, Identifiers) = (reference, path, matrix, columns, identifiers);
        _digest = new Lazy<string>(() => Checksum.OfFile(path));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>As it was given: "a.npz:key".</summary>
    public string Reference { get; }

    /// <summary>Rows of the array: its first dimension.</summary>
    public long Rows => _matrix.Rows;

    /// <summary>Numbers of a row; 1 for one-dimensional arrays.</summary>
    public int Width => _matrix.Width;

    /// <summary>Names of the columns, where the file has a header.</summary>
    public IReadOnlyList<string>? Columns { get; }

    /// <summary>
    /// Of the rows, where the text has a column of them (<see cref="CsvFormat.IdColumn"/>) or a file X.ids.csv lies beside
    /// X.npy.
    /// </summary>
    public IReadOnlyList<string>? Identifiers { get; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal; computed when it is first asked for.</summary>
    public string Digest => _digest.Value;

    /// <summary>Whether this is a file of numbers, by what it is called.</summary>
    public static bool IsArray(string reference) => IsNamed(Split(reference).Path, [.. Keyed, .. Plain]) || JsonLines.AreIn(reference);

    /// <summary>
    /// Opens "weak.npy", "a.npz:key", "a.safetensors:tensor", "a.csv", "a.jsonl" or "a.tsv.gz"; a key is needed where a file has several
    /// arrays.
    /// </summary>
    /// <param name="csv">How text is to be read; what it leaves open is found out.</param>
    /// <param name="tell">
    /// Text and archives are read as a whole: hears how many bytes of how many are done; what it throws stops the reading.
    /// </param>
    /// <exception cref="UserErrorException">The file is absent, damaged, or holds something else; the message names the place
    /// and the remedy.</exception>
    public static ArrayFile Open(string reference, CsvFormat? csv = null, Action<long, long>? tell = null)
    {
        var (path, key) = Split(reference);
        RefusePointer(path);
        if (IsNamed(path, ".npy")) return Binary(NpyFile.Open(path));
        if (IsNamed(path, ".npz")) return Binary(NpzFile.Open(path, key, tell));
        if (IsNamed(path, ".safetensors")) return Binary(SafetensorsHeader.Open(path, key));
        if (!IsNamed(path, Plain) && !JsonLines.AreIn(path))
            throw new UserErrorException(
                $"{reference} is no file of numbers that can be read, which are called "
                    + $"{string.Join(", ", [.. Plain, ".jsonl", .. Keyed])}. Rename or convert it.");
        var text = TextNumbers.Read(path, csv ?? new CsvFormat(), tell);
        return new ArrayFile(reference, path, text.Matrix, text.Columns, text.Identifiers ?? IdentifiersBeside(path, text.Matrix.Rows));

        ArrayFile Binary(StoredMatrix matrix) => new(reference, path, matrix, null, IdentifiersBeside(path, matrix.Rows));
    }

    /// <summary>Reads rows from the first on: as many as there is room for, [n, <see cref="Width"/>], row-major.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many rows.</exception>
    /// <exception cref="UserErrorException">The file has been cut short since it was opened.</exception>
    public void Read(long firstRow, Span<float> rows) => _matrix.Read(firstRow, rows, Path);

    /// <inheritdoc cref="Read(long, Span{float})"/>
    public void Read(long firstRow, Span<double> rows) => _matrix.Read(firstRow, rows, Path);

    /// <summary>Where a number stands, for messages: "weak.npy, row 3, column 7 (from 0)".</summary>
    public string Place(long row, int column) => string.Create(CultureInfo.InvariantCulture,
        $"{Reference}, row {row}{(Identifiers == null ? "" : $" ('{Identifiers[(int)row]}')")}, column "
            + $"{column}{(Columns == null ? "" : $" ('{Columns[column]}')")} (from 0)");

    /// <summary>
    /// Refuses rows that were read if one holds what is no number, or one that single precision does not hold: its square is none.
    /// </summary>
    /// <param name="firstRow">Of these rows.</param>
    /// <exception cref="UserErrorException">There is one; the message says where.</exception>
    public void RequireFinite(long firstRow, ReadOnlySpan<double> rows)
    {
        for (var place = 0; place < rows.Length; place++)
            if (!float.IsFinite((float)rows[place])) throw NotFinite(firstRow, place);
    }

    /// <inheritdoc cref="RequireFinite(long, ReadOnlySpan{double})"/>
    public void RequireFinite(long firstRow, ReadOnlySpan<float> rows)
    {
        for (var place = 0; place < rows.Length; place++)
            if (!float.IsFinite(rows[place])) throw NotFinite(firstRow, place);
    }

    public void Dispose() => _matrix.Dispose();

    private UserErrorException NotFinite(long firstRow, int place)
    {
        var (row, column) = (firstRow + place / Width, place % Width);
        var stored = new double[Width];
        Read(row, stored);
        var problem = double.IsFinite(stored[column])
            ? "too large: single precision ends at 3.4e38. Scale the column, correct the row"
            : "no finite number, and nothing can be fitted to it. Correct the row";
        return new(string.Create(CultureInfo.InvariantCulture,
            $"{Place(row, column)}: {stored[column]} is {problem}, or leave it out here and in every file that speaks of the same rows."));
    }

    /// <summary>The file, and what stands behind the colon; a colon that belongs to the name of a file is left to it.</summary>
    public static (string Path, string? Key) Split(string reference)
    {
        if (File.Exists(reference)) return (reference, null);
        foreach (var ending in Keyed)
            if (reference.IndexOf(ending + ":", StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
                return (reference[..(at + ending.Length)], reference[(at + ending.Length + 1)..]);
        return (reference, null);
    }

    /// <summary>Where the names of an array's rows lie: lipop.ids.csv for lipop.npy and for lipop.csv.gz.</summary>
    internal static string IdentifierFileOf(string path) => Bare(path) + ".ids.csv";

    /// <summary>Where the molecules are listed that were left out of an array: lipop.rejected.csv for lipop.npy.</summary>
    internal static string RejectedFileOf(string path) => Bare(path) + ".rejected.csv";

    /// <summary>The path without the ending that tells its format.</summary>
    private static string Bare(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        var name = System.IO.Path.GetFileName(path);
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        return System.IO.Path.Combine(folder, System.IO.Path.GetFileNameWithoutExtension(name));
    }

    /// <summary>
    /// Names of the rows, in a file X.ids.csv beside X.npy: its column id, or the first where there is none; null where there is no
    /// such file.
    /// </summary>
    /// <exception cref="UserErrorException">The file has another number of rows, or is no table.</exception>
    private static IReadOnlyList<string>? IdentifiersBeside(string path, long rows)
    {
        var file = IdentifierFileOf(path);
        if (!File.Exists(file) || file == path) return null;
        var header = CsvTable.Header(file);
        if (header.Count == 0)
            throw new UserErrorException($"{file} is empty, and should name the rows of {path}. Write it again, or remove it.");
        var named = header.Contains(IdentifierColumn, StringComparer.OrdinalIgnoreCase) ? IdentifierColumn : header[0];
        var table = CsvTable.Read(file, [named]);
        return table.Rows.Count == rows
            ? [.. table.Rows.Select(row => row[0])]
            : throw new UserErrorException(
                $"{file} names {Counted.Of(table.Rows.Count, "row")}, and {path} beside it has {rows}. Write both again, or "
                + $"remove {System.IO.Path.GetFileName(file)}.");
    }

    /// <summary>What git leaves in a file's place where Git LFS is not installed.</summary>
    private static void RefusePointer(string path)
    {
        Span<byte> start = stackalloc byte[64];
        using var file = InputFile.OpenHandle(path);
        if (start[..RandomAccess.Read(file, start, 0)].StartsWith("version https://git-lfs"u8))
            throw new UserErrorException($"{path} is a pointer of Git LFS, not the file itself. Install git-lfs and run git lfs pull.");
    }

    private static bool IsNamed(string path, params string[] endings) =>
        endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
