namespace W2S.Data;

/// <summary>Names of the rows of an array, in a file X.ids.csv beside X.npy: its column id, or the first where there is none.</summary>
internal static class RowIdentifiers
{
    public const string Column = "id", Ending = ".ids.csv";

    /// <summary>Where the identifiers of an array's rows lie: lipop.ids.csv for lipop.npy and for lipop.csv.gz.</summary>
    public static string FileOf(string path) => Bare(path) + Ending;

    /// <summary>Where the molecules are listed that were left out of an array: lipop.rejected.csv for lipop.npy.</summary>
    public static string RejectedFileOf(string path) => $"{Bare(path)}.rejected.csv";

    /// <summary>The path without the ending that tells its format.</summary>
    private static string Bare(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var name = Path.GetFileName(path);
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        return Path.Combine(folder, Path.GetFileNameWithoutExtension(name));
    }

    /// <summary>Null where there is no such file.</summary>
    /// <param name="rows">Of the array.</param>
    /// <exception cref="UserErrorException">The file has another number of rows, or is no table.</exception>
    internal static IReadOnlyList<string>? Beside(string path, long rows)
    {
        var file = FileOf(path);
        if (!File.Exists(file) || file == path) return null;
        var header = CsvTable.Header(file);
        if (header.Count == 0)
            throw new UserErrorException($"{file} is empty, and should name the rows of {path}. Write it again, or remove it.");
        var table = CsvTable.Read(file, [header.Contains(Column, StringComparer.OrdinalIgnoreCase) ? Column : header[0]]);
        return table.Rows.Count == rows
            ? [.. table.Rows.Select(row => row[0])]
            : throw new UserErrorException($"{file} names {table.Rows.Count} rows, and {path} beside it has {rows}. Write both again, or "
                + $"remove {Path.GetFileName(file)}.");
    }
}
