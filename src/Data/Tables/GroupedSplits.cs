namespace W2S.Data;

/// <summary>Divisions of rows that belong together, as the reviews of one book do: no group is in two parts.</summary>
internal static class GroupedSplits
{
    /// <summary>A random division of groups into about 80 % of the rows for train, 10 % valid and the rest test.</summary>
    /// <param name="groups">[rows]: each row's group, from 0.</param>
    public static TableSplit Random(int seed, IReadOnlyList<int> groups, string stream)
    {
        var parts = Divided(seed, groups, stream, first => first < 0.8 * groups.Count ? 0 : first < 0.9 * groups.Count ? 1 : 2, 3);
        return new TableSplit(seed, parts[0], parts[1], parts[2]);
    }

    /// <summary>Folds whose sizes differ by about the largest group.</summary>
    /// <inheritdoc cref="Random" path="/param"/>
    public static IReadOnlyList<IReadOnlyList<int>> Folds(long seed, IReadOnlyList<int> groups, int count, string stream) =>
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
