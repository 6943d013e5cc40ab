namespace W2S.Data;

/// <summary>Unlabelled molecules to pretrain on: distinct SMILES strings in the file's order.</summary>
/// <param name="Source">The file.</param>
/// <param name="Duplicates">Rows left out because an earlier row has the same string.</param>
/// <param name="Empty">Rows left out because they have no SMILES.</param>
/// <param name="Overlaps">Rows left out because another set has them: see <see cref="Without"/>.</param>
public sealed record SmilesCorpus(string Source, IReadOnlyList<string> Smiles, int Duplicates = 0, int Empty = 0, int Overlaps = 0)
{
    /// <summary>Molecules.</summary>
    public int Count => Smiles.Count;

    /// <summary>Reads the column smiles of a CSV file, plain or gzipped.</summary>
    /// <param name="limit">Read at most this many rows.</param>
    /// <exception cref="UserErrorException">
    /// The file is absent, a truncated gzip, has no such column, or fewer than two different molecules.
    /// </exception>
    public static SmilesCorpus Read(string path, int limit = int.MaxValue)
    {
        var table = CsvTable.Read(path, ["smiles"], limit);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var smiles = new List<string>(table.Rows.Count);
        var empty = 0;
        foreach (var row in table.Rows)
        {
            if (row[0].Length == 0) empty++;
            else if (seen.Add(row[0])) smiles.Add(row[0]);
        }
        return new SmilesCorpus(path, smiles, table.Rows.Count - empty - smiles.Count, empty).Checked();
    }

    /// <summary>
    /// Without the molecules of other sets, so that none is trained on that is measured on. Strings are compared, so a
    /// molecule that is written in two ways is found only if both sets went through `data prepare`, which compares
    /// canonical forms.
    /// </summary>
    /// <exception cref="UserErrorException">Fewer than two molecules are left.</exception>
    public SmilesCorpus Without(IEnumerable<string> others)
    {
        var excluded = others.ToHashSet(StringComparer.Ordinal);
        var kept = Smiles.Where(smiles => !excluded.Contains(smiles)).ToArray();
        return (this with { Smiles = kept, Overlaps = Overlaps + Smiles.Count - kept.Length }).Checked();
    }

    private SmilesCorpus Checked() => Count >= 2
        ? this
        : throw new UserErrorException($"{Source} gives {(Count == 0 ? "no molecule" : "one molecule")}: "
            + $"nothing can be learned from that. ({Duplicates} duplicate, {Empty} empty and {Overlaps} overlapping rows were left "
            + "out.) Give a corpus of at least two different molecules.");
}
