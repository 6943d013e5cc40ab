namespace W2S.Data;

/// <summary>How a table of one's own is to be read; what is null is found out.</summary>
/// <param name="Columns">Of the labels, by name, or by number from 1 where there are no names; null: label, class, the columns class:NAME,
/// or the only one.</param>
/// <param name="Splits">A file that divides the rows, in place of random splits.</param>
/// <param name="Classes">Whether labels are classes; null: those in columns called class are.</param>
/// <param name="Csv">How text is written; its identifiers, if it names any, join the rows of all files.</param>
public sealed record TableFormat(IReadOnlyList<string>? Columns = null, string? Splits = null, bool? Classes = null, CsvFormat? Csv = null)
{
    /// <summary>Whether rows are divided into parts at all.</summary>
    public bool IsDivided { get; init; } = true;
}
