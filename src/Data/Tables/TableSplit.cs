namespace W2S.Data;

/// <summary>
/// One division of a table's rows into train, valid and test, by position from 0, ascending. Together the parts have every row once.
/// </summary>
/// <param name="Seed">That made it, by which a table's divisions are known (ChemBench: 122, 123, 124).</param>
public sealed partial record TableSplit(int Seed, IReadOnlyList<int> Train, IReadOnlyList<int> Valid, IReadOnlyList<int> Test)
{
    /// <summary>A random division into 80 % train, 10 % valid and the rest test, as DeepChem's random splitter makes its sizes.</summary>
    public static TableSplit Random(int seed, int rows, string stream)
    {
        var order = new int[rows];
        new RandomStream(seed, stream).Permutation(order);
        var (train, valid) = ((int)(0.8 * rows), (int)(0.9 * rows));
        return new TableSplit(seed, [.. order[..train].Order()], [.. order[train..valid].Order()], [.. order[valid..].Order()]);
    }

    /// <summary>
    /// A random division of rows that belong together, as the reviews of one book do, into about 80 % of the rows for train, 10 % valid
    /// and the rest test: no group is in two parts.
    /// </summary>
    /// <param name="groups">[rows]: each row's group, from 0.</param>
    internal static TableSplit RandomGroups(int seed, IReadOnlyList<int> groups, string stream)
    {
        var parts = Divided(seed, groups, stream, first => first < 0.8 * groups.Count ? 0 : first < 0.9 * groups.Count ? 1 : 2, 3);
        return new TableSplit(seed, parts[0], parts[1], parts[2]);
    }

    /// <summary>Folds whose sizes differ by about the largest group.</summary>
    /// <inheritdoc cref="RandomGroups" path="/param"/>
    internal static IReadOnlyList<IReadOnlyList<int>> Folds(long seed, IReadOnlyList<int> groups, int count, string stream) =>
        Divided(seed, groups, stream, first => (int)((long)first * count / groups.Count), count);

    /// <summary>Groups in random order, each in the part in which its first row falls.</summary>
    private static List<int>[] Divided(long seed, IReadOnlyList<int> groups, string stream, Func<int, int> partOf, int parts)
    {
        var rowsOf = Enumerable.Range(0, groups.Count).ToLookup(row => groups[row]);
        var order = new int[groups.Max() + 1];
        new RandomStream(seed, stream).Permutation(order);
        List<int>[] divided = [.. Enumerable.Range(0, parts).Select(_ => new List<int>())];
        var first = 0;
        foreach (var group in order)
        {
            divided[partOf(first)].AddRange(rowsOf[group]);
            first += rowsOf[group].Count();
        }
        foreach (var rows in divided) rows.Sort();
        return divided;
    }
}
