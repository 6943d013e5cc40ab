namespace W2S.Data;

/// <summary>
/// Molecules as SMILES, each with one number that is to be predicted, in the file's order (splits name rows by position).
/// </summary>
/// <param name="Source">The file, or the name of the generator.</param>
/// <param name="Smiles">As in the file, without surrounding blanks; none is empty.</param>
/// <param name="Labels">In the file's unit; all finite.</param>
/// <param name="Duplicates">How many rows repeat the string of an earlier row. They stay: the published splits count them.</param>
public sealed record MoleculeTable(string Source, IReadOnlyList<string> Smiles, IReadOnlyList<double> Labels, int Duplicates)
{
    private const int ShownProblems = 5;

    /// <summary>Rows.</summary>
    public int Count => Smiles.Count;

    /// <summary>The line of each row in the file, counted from 1; null where there is no file.</summary>
    public IReadOnlyList<int>? Lines { get; init; }

    /// <summary>Where a row is, for people: "line 7", or "molecule 5" (from 0) where there is no file.</summary>
    public string Place(int row) => Lines == null ? $"molecule {row}" : $"line {Lines[row]}";

    /// <summary>Reads two columns of a CSV file, plain or gzipped.</summary>
    /// <exception cref="UserErrorException">
    /// A column is missing, or rows have what is no SMILES or a label that is no finite number: they are named together, by line.
    /// Rows are never left out, for that would shift the rows that splits name.
    /// </exception>
    public static MoleculeTable Read(string path, string smilesColumn, string labelColumn)
    {
        var table = CsvTable.Read(path, [smilesColumn, labelColumn]);
        var smiles = new string[table.Rows.Count];
        var labels = new double[table.Rows.Count];
        var problems = new List<string>();
        for (var row = 0; row < smiles.Length; row++)
        {
            smiles[row] = table.Rows[row][0];
            if (Problem(smiles[row]) is { } problem) problems.Add($"line {table.Lines[row]}: {problem}");
            if (LabelFile.Problem(table.Rows[row][1], out labels[row]) is { } wrong)
                problems.Add($"line {table.Lines[row]}: the label '{table.Rows[row][1]}' {wrong}");
        }
        if (problems.Count > 0)
        {
            var more = problems.Count > ShownProblems ? $"; and {problems.Count - ShownProblems} more" : "";
            throw new UserErrorException($"{path}: {string.Join("; ", problems.Take(ShownProblems))}{more}. "
                + "Correct the rows, or remove them and make the splits anew.");
        }
        if (smiles.Length == 0) throw new UserErrorException($"{path} has a header and no molecule. Give a file with at least one row.");
        return new MoleculeTable(path, smiles, labels, CountDuplicates(smiles)) { Lines = table.Lines };
    }

    /// <summary>
    /// Why a text is no SMILES: it is empty, or has a character that is not printable ASCII, or a blank. RDKit stops at such a
    /// character and returns the molecule before it, without an error; so nothing else may be passed on to it.
    /// </summary>
    /// <returns>As the end of a sentence that begins with the place: "the SMILES …"; null where nothing is wrong.</returns>
    internal static string? Problem(string smiles)
    {
        if (smiles.Length == 0) return "the SMILES is empty";
        var place = smiles.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (place < 0) return null;
        var what = smiles[place] is ' ' or '\t' ? "a blank" : $"U+{(int)smiles[place]:X4}, which is not ASCII,";
        return $"the SMILES '{smiles}' has {what} at character {place + 1}";
    }

    internal static int CountDuplicates(IReadOnlyCollection<string> smiles) =>
        smiles.Count - smiles.Distinct(StringComparer.Ordinal).Count();
}
