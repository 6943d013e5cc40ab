namespace W2S.Papers;

/// <summary>
/// One line of an experiment's table. Cells are text, numbers with every digit that they have, so that a row that was stored
/// reads back to the same bits; an empty cell is a number that is missing or not finite.
/// </summary>
/// <param name="table">The file that it goes to, without .csv.</param>
internal sealed class Row(string table = Row.Main)
{
    public const string Main = "rows";

    public string Table => table;

    public OrderedDictionary<string, string> Cells { get; init; } = [];

    /// <summary>A cell as a number; NaN where it is empty.</summary>
    public double this[string name] => Cells[name] is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;

    public string Text(string name) => Cells[name];

    public Row With(string name, string text)
    {
        Cells[name] = text;
        return this;
    }

    public Row With(string name, double? number) => With(name, NumberText.Exact(number));
}
