namespace W2S.Experiments;

/// <summary>
/// The divisions of a table that a study asks for: the table's own, random ones by any seed, or folds. Each is a function of
/// what it is called (the table, and the seed or the fold), so that every command divides alike.
/// </summary>
internal static class Divisions
{
    /// <summary>One for each cell; a fold's seed is its number.</summary>
    /// <exception cref="UserErrorException">The table has no such split of its own, or fewer rows than folds.</exception>
    public static IReadOnlyList<TableSplit> Of(ILabelledTable table, Study study) =>
        study.Folds > 0 ? Folds(table, study.Folds, study.Seed)
        : study.RandomSplits.Count > 0 ? [.. study.RandomSplits.Select(seed => table.Groups is { } groups
            ? TableSplits.RandomGroups(seed, groups, $"{table.Name} split")
            : TableSplits.Random(seed, table.Labels.Count, $"{table.Name} split"))]
        : Own(table, study.Splits);

    private static IReadOnlyList<TableSplit> Own(ILabelledTable table, IReadOnlyList<int> seeds)
    {
        var unknown = seeds.Where(seed => !table.Splits.ContainsKey(seed)).ToList();
        if (unknown.Count > 0)
            throw new UserErrorException($"{table.Title} has no split {string.Join(", ", unknown)}. Its splits are {string.Join(", ", table.Splits.Keys.Order())}; --random-splits takes any seed.");
        return [.. (seeds.Count > 0 ? seeds : [.. table.Splits.Keys.Order()]).Select(seed => table.Splits[seed])];
    }

    /// <summary>
    /// Cross-validation: the rows in an order that the study's seed draws, cut into folds whose sizes differ by one at most, the
    /// larger first; rows of one group are in one fold. Fold i is the test part of split i, the next fold its valid part, and all others train.
    /// </summary>
    private static IReadOnlyList<TableSplit> Folds(ILabelledTable table, int count, long seed)
    {
        var order = new int[table.Labels.Count];
        if (order.Length < count) throw new UserErrorException($"{table.Title} has {Counted.Of(order.Length, "row")}, which cannot be {count} folds: ask for at most {order.Length}.");
        new RandomStream(seed, $"{table.Name} folds").Permutation(order);
        var (size, larger) = Math.DivRem(order.Length, count);
        IReadOnlyList<int>[] folds = table.Groups is { } groups
            ? [.. TableSplits.Folds(seed, groups, count, $"{table.Name} folds")]
            : [.. Enumerable.Range(0, count).Select(fold => order[Start(fold)..Start(fold + 1)])];
        if (folds.Any(fold => fold.Count == 0))
            throw new UserErrorException($"The groups of {table.Title} are too few or too large for {count} folds: ask for fewer.");
        return [.. folds.Select((test, fold) =>
        {
            var next = (fold + 1) % count;
            return new TableSplit(fold, InOrder(folds.Where((_, other) => other != fold && other != next).SelectMany(rows => rows)), InOrder(folds[next]), InOrder(test));
        })];

        int Start(int fold) => fold * size + Math.Min(fold, larger);

        static int[] InOrder(IEnumerable<int> rows) => [.. rows.Order()];
    }
}
