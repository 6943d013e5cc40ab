namespace W2S.Data;

/// <summary>Labelled texts with their splits, in memory.</summary>
/// <param name="Texts">[rows]; none is empty.</param>
/// <param name="Labels">[rows], in <paramref name="Unit"/>; of classes the number of the likeliest.</param>
public sealed record TextData(
    string Name, string Title, string Unit, IReadOnlyList<string> Texts, IReadOnlyList<double> Labels,
    IReadOnlyDictionary<int, TableSplit> Splits) : ILabelledTable
{
    private const int ShownCharacters = 40;

    /// <summary>[rows]: what stands beside each text where rows are pairs of texts; else null.</summary>
    public IReadOnlyList<string>? Seconds { get; init; }

    public TableClasses? Classes { get; init; }

    public IReadOnlyList<string>? Identifiers { get; init; }

    public IReadOnlyList<int>? Groups { get; init; }

    public required string Digest { get; init; }

    /// <summary>What its users should hear once: a licence with conditions, rows that were left out. Whole sentences without a full
    /// stop.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    public string Describe(int row) =>
        $"text {row} of {Title} ('{(Texts[row].Length > ShownCharacters ? $"{Texts[row][..ShownCharacters]}…" : Texts[row])}')";
}
