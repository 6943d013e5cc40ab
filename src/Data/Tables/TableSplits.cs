namespace W2S.Data;

/// <summary>The divisions of a table into train, valid and test, keyed by the seed that made them (ChemBench: 122, 123, 124).</summary>
public static class TableSplits
{
    private const string Prefix = "split";
    private static readonly string[] Parts = ["train", "valid", "test"];

    /// <summary>Reads a file with the columns row_index and split122, split123, …, whose cells are train, valid or test.</summary>
    /// <param name="rows">How many rows the table has that the file divides.</param>
    /// <exception cref="UserErrorException">
    /// A row is divided twice or not at all, lies outside the table, or its part is none of the three.
    /// </exception>
    public static IReadOnlyDictionary<int, TableSplit> Read(string path, int rows)
    {
        var seeds = new SortedDictionary<int, string>();
        foreach (var name in CsvTable.Header(path))
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
                seeds[seed] = name;
        if (seeds.Count == 0)
            throw new UserErrorException($"{path} has no column of a split: they are called {Prefix}122 for the seed 122, and so on.");

        var table = CsvTable.Read(path, ["row_index", .. seeds.Values]);
        var lineOf = LinesOfRows(table, rows);
        var missing = Enumerable.Range(0, rows).Where(row => lineOf[row] < 0).ToArray();
        if (missing.Length > 0)
            throw new UserErrorException(
                $"{path} says nothing of {missing.Length} of the table's {Counted.Of(rows, "row")}, the first of them row {missing[0]}. "
                    + "A split must have every row in exactly one part; take the splits that were made for this table.");

        var splits = new Dictionary<int, TableSplit>();
        foreach (var (seed, column) in seeds.Select((entry, index) => (entry.Key, index + 1)))
        {
            var rowsOf = Parts.Select(_ => new List<int>()).ToArray();
            for (var row = 0; row < rows; row++)
            {
                var part = Array.IndexOf(Parts, table.Rows[lineOf[row]][column]);
                if (part < 0)
                    throw new UserErrorException(
                        $"{table.Place(lineOf[row])}: '{table.Rows[lineOf[row]][column]}' in the column {seeds[seed]} is no part of a "
                        + "split. Write train, valid or test.");
                rowsOf[part].Add(row);
            }
            for (var part = 0; part < Parts.Length; part++)
                if (rowsOf[part].Count == 0)
                    throw new UserErrorException(
                        $"{path}: the {Parts[part]} part of {seeds[seed]} is empty. Give each part at least one row.");
            splits[seed] = new TableSplit(seed, rowsOf[0], rowsOf[1], rowsOf[2]);
        }
        return splits;
    }

    /// <summary>A random division into 80 % train, 10 % valid and the rest test, as DeepChem's random splitter makes its sizes.</summary>
    public static TableSplit Random(int seed, int rows, string stream)
    {
        var order = new int[rows];
        new RandomStream(seed, stream).Permutation(order);
        var (train, valid) = ((int)(0.8 * rows), (int)(0.9 * rows));
        return new TableSplit(seed, [.. order[..train].Order()], [.. order[train..valid].Order()], [.. order[valid..].Order()]);
    }

    /// <summary>For each row of the table, the row of the file that divides it; −1 where none does.</summary>
    private static int[] LinesOfRows(CsvTable table, int rows)
    {
        var lineOf = Enumerable.Repeat(-1, rows).ToArray();
        for (var line = 0; line < table.Rows.Count; line++)
        {
            var text = table.Rows[line][0];
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var row) || row >= rows)
                throw new UserErrorException(
                    $"{table.Place(line)}: row_index is '{text}', but the table has the rows 0 to {rows - 1}. Take the splits that "
                    + "were made for this table.");
            if (lineOf[row] >= 0)
                throw new UserErrorException(
                    $"{table.Place(line)}: row {row} was divided before, on line {table.Lines[lineOf[row]]}, so that parts may "
                    + "overlap. Keep one of the two lines.");
            lineOf[row] = line;
        }
        return lineOf;
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

/// <summary>One division of a table's rows, by position from 0, ascending. Together the parts have every row once.</summary>
public sealed record TableSplit(int Seed, IReadOnlyList<int> Train, IReadOnlyList<int> Valid, IReadOnlyList<int> Test);
