namespace W2S.Data;

/// <summary>The tokenizers for molecules, by name.</summary>
public static class MoleculeTokenizers
{
    private static readonly (string Name, Func<MoleculeTokenizer.Unknown, MoleculeTokenizer> Make)[] All =
    [
        ("molbert", unknown => new MolbertTokenizer(unknown)),
        ("smiles", unknown => new SmilesTokenizer(unknown)),
    ];

    /// <summary>By which they are found: "smiles", "molbert".</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(entry => entry.Name)];

    /// <exception cref="UserErrorException">There is none of this name.</exception>
    public static MoleculeTokenizer Find(string name, MoleculeTokenizer.Unknown unknownSymbols = MoleculeTokenizer.Unknown.Refuse)
    {
        foreach (var entry in All)
        {
            if (entry.Name == name) return entry.Make(unknownSymbols);
        }
        throw new UserErrorException($"There is no tokenizer '{name}'. Choose one of: {string.Join(", ", Names)}.");
    }
}
