using System.Globalization;

namespace W2S.Data;

/// <summary>Labels of classes: each class's probability for every row, 0 and 1 where a row simply is of one.</summary>
/// <param name="Names">Of the classes; two at least.</param>
/// <param name="Probabilities">[rows, classes], row-major; none is negative, and each row sums to 1.</param>
public sealed record TableClasses(IReadOnlyList<string> Names, IReadOnlyList<double> Probabilities)
{
    /// <summary>The column in which each row's class stands, and what the columns of probabilities begin with: "class:cat".</summary>
    public const string Column = "class", Prefix = "class:";

    // What probabilities that were written with three digits may miss.
    private const double Rounding = 1e-3;

    /// <summary>
    /// Reads a column <see cref="Column"/>, or columns that begin with <see cref="Prefix"/>. Names are in numerical order where all
    /// are numbers, else in alphabetical; columns of probabilities stay as they stand, and rows of them are scaled to sum to 1.
    /// </summary>
    /// <returns>Null where there is no such column.</returns>
    /// <exception cref="UserErrorException">There are both, or labels too, or less than two classes, or a row is of no class or its numbers are no probabilities; the line is named.</exception>
    public static TableClasses? Read(string path)
    {
        var header = CsvTable.Header(path);
        string[] columns = [.. header.Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))];
        var isHard = header.Contains(Column, StringComparer.OrdinalIgnoreCase);
        if (!isHard && columns.Length == 0) return null;
        if (isHard && columns.Length > 0) throw new UserErrorException($"{path} has a column {Column} and columns {Prefix}…: keep the one or the others.");
        if (header.Contains(FeatureTable.LabelColumn, StringComparer.OrdinalIgnoreCase))
            throw new UserErrorException($"{path} has a column {FeatureTable.LabelColumn} of numbers and one of classes: keep what is to be learned, and rename the other.");
        var labels = isHard ? Hard(CsvTable.Read(path, [Column])) : Soft(CsvTable.Read(path, columns), [.. columns.Select(name => name[Prefix.Length..].Trim())]);
        return labels.Names.Count >= 2 ? labels : throw new UserErrorException($"{path} has {labels.Names.Count} class, and there is nothing to tell apart. Give rows of two at least.");
    }

    private static TableClasses Hard(CsvTable table)
    {
        for (var row = 0; row < table.Rows.Count; row++)
            if (table.Rows[row][0] == "") throw new UserErrorException($"{table.Place(row)}: the class is empty. Complete the row, or remove it here and from every file of features.");
        var found = table.Rows.Select(row => row[0]).Distinct(StringComparer.Ordinal).ToList();
        var areNumbers = found.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        string[] names = [.. areNumbers ? found.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture)) : found.Order(StringComparer.Ordinal)];
        var probabilities = new double[table.Rows.Count * names.Length];
        for (var row = 0; row < table.Rows.Count; row++) probabilities[row * names.Length + Array.IndexOf(names, table.Rows[row][0])] = 1;
        return new TableClasses(names, probabilities);
    }

    private static TableClasses Soft(CsvTable table, string[] names)
    {
        var probabilities = new double[table.Rows.Count * names.Length];
        for (var row = 0; row < table.Rows.Count; row++)
        {
            var own = probabilities.AsSpan(row * names.Length, names.Length);
            double sum = 0;
            for (var place = 0; place < own.Length; place++)
            {
                var text = table.Rows[row][place];
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out own[place]) || !(own[place] is >= 0 and <= 1 + Rounding))
                    throw new UserErrorException($"{table.Place(row)}: '{text}' is no probability of the class {names[place]}, which is a number from 0 to 1.");
                sum += own[place];
            }
            if (Math.Abs(sum - 1) > Rounding)
                throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"{table.Place(row)}: the probabilities of the classes sum to {sum:g6}, not to 1."));
            foreach (ref var probability in own) probability /= sum;
        }
        return new TableClasses(names, probabilities);
    }
}
