namespace W2S.Data;

/// <summary>Labels of classes: each class's probability for every row, 0 and 1 where a row simply is of one.</summary>
/// <param name="Names">
/// Of the classes; two at least. In numerical order where all are numbers, else in alphabetical; columns of probabilities stay as
/// they stand, and their rows are scaled to sum to 1.
/// </param>
/// <param name="Probabilities">[rows, classes], row-major; none is negative, and each row sums to 1.</param>
public sealed record TableClasses(IReadOnlyList<string> Names, IReadOnlyList<double> Probabilities)
{
    /// <summary>The column in which each row's class stands, and what the columns of probabilities begin with: "class:cat".</summary>
    public const string Column = "class", Prefix = "class:";

    /// <summary>Of classes.</summary>
    public const int Most = 1000;

    /// <summary>What probabilities that were written with three digits may miss.</summary>
    public const double Rounding = 1e-3;

    /// <summary>The number of the likeliest class of each row, from 0.</summary>
    public double[] Likeliest() => [.. Probabilities.Chunk(Names.Count).Select(row => (double)Array.IndexOf(row, row.Max()))];

    /// <summary>The rows of these numbers, in their order.</summary>
    public TableClasses Rows(IEnumerable<int> rows) =>
        this with { Probabilities = [.. rows.SelectMany(row =>
            Enumerable.Range(row * Names.Count, Names.Count).Select(place => Probabilities[place]))] };
}
