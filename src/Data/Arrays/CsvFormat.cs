namespace W2S.Data;

/// <summary>How numbers stand in a text file. What is null is found out; the mark of decimals never is.</summary>
/// <param name="Separator">Of cells; null: a tab in .tsv, else whichever of comma, semicolon, tab and bar the first line has
/// most of.</param>
/// <param name="Header">Whether the first line has the names of columns; null: it has if a cell of it is no number.</param>
/// <param name="IdColumn">The column of the rows' identifiers, which is no feature; null: a first column without a name, as
/// pandas writes its index.</param>
/// <param name="Columns">Those that are read, in this order, by name or by number from 1; null: all but the identifiers.</param>
/// <param name="Decimal">The mark of decimals: '.' or ','.</param>
public sealed record CsvFormat(
    char? Separator = null, bool? Header = null, string? IdColumn = null, IReadOnlyList<string>? Columns = null, char Decimal = '.')
{
    /// <summary>
    /// What separates the cells of a file; null where it is for the reader to find out among commas, semicolons, bars and tabs.
    /// </summary>
    public char? SeparatorFor(string path) =>
        Separator ?? (path.Contains(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : Decimal == ',' ? ';' : null);
}
