namespace W2S.Data;

/// <summary>Examples in rows, each with a label, and the ways in which the rows are divided into train, valid and test.</summary>
public interface ILabelledTable
{
    /// <summary>As --data takes it.</summary>
    string Name { get; }

    /// <summary>As papers write it.</summary>
    string Title => Name;

    /// <summary>Of the labels.</summary>
    string Unit => "of no unit";

    /// <summary>One a row, all finite; where labels are classes, the number of the likeliest, from 0.</summary>
    IReadOnlyList<double> Labels { get; }

    /// <summary>Labels of classes; null where they are numbers.</summary>
    TableClasses? Classes => null;

    /// <summary>[rows]: essays, reviews, anything that a text encoder reads; null: its rows are no texts.</summary>
    IReadOnlyList<string>? Texts => null;

    /// <summary>What joins the rows to those of other files; null where rows are known by their places.</summary>
    IReadOnlyList<string>? Identifiers => null;

    /// <summary>[rows]: numbers of the groups, from 0, that random divisions keep in one part; null: every row stands alone.</summary>
    IReadOnlyList<int>? Groups => null;

    /// <summary>Its own, by seed; none: a study divides it at random, or into folds.</summary>
    IReadOnlyDictionary<int, TableSplit> Splits => System.Collections.ObjectModel.ReadOnlyDictionary<int, TableSplit>.Empty;

    /// <summary>SHA-256 of what was read, files and splits: two tables with the same one are the same table.</summary>
    string Digest { get; }

    /// <summary>What a row is, for messages: "molecule 3 of Lipop (CCO)".</summary>
    string Describe(int row) => $"row {row} of {Title}";
}
