namespace W2S.Data;

/// <summary>A piece that synthetic molecules are put together from.</summary>
/// <param name="Atoms">Element symbols, one letter or two, separated by blanks; a ring's atoms in their order. N+ and O- are charged, S6 has six bonds.</param>
/// <param name="Doubles">The atoms, by position, with a double bond to the next.</param>
/// <param name="Order">Of the bond by which the piece's first atom is attached; 0: by any atom with room, singly.</param>
/// <param name="Ring">Whether the last atom is bonded to the first.</param>
/// <param name="Fusion">The two atoms, if any, with a bond across, which makes two rings of one.</param>
/// <param name="Branches">Whether all atoms after the first hang on the first, doubly where <paramref name="Doubles"/> has them.</param>
internal sealed record MoleculeFragment(string Atoms, int[] Doubles, int Order = 0, bool Ring = false, bool Aromatic = false, (int, int)? Fusion = null, bool Branches = false)
{
    public static readonly IReadOnlyList<MoleculeFragment> Rings =
    [
        new("C C C C C C", [0, 2, 4], Ring: true, Aromatic: true),
        new("N C C C C C", [0, 2, 4], Ring: true, Aromatic: true),
        new("N C C C C", [1, 3], Ring: true, Aromatic: true),
        new("O C C C C", [1, 3], Ring: true, Aromatic: true),
        new("S C C C C", [1, 3], Ring: true, Aromatic: true),
        new("N C N C C", [1, 3], Ring: true, Aromatic: true),
        new("C C C C C C C C C C", [0, 2, 4, 6, 8], Ring: true, Aromatic: true, Fusion: (4, 9)),
        new("N C C C C C C C C", [1, 3, 5, 7], Ring: true, Aromatic: true, Fusion: (3, 8)),
        new("C C C C C C", [], Ring: true),
        new("C C C C C", [], Ring: true),
        new("C C C", [], Ring: true),
        new("N C C C C C", [], Ring: true),
        new("O C C N C C", [], Ring: true),
        new("C C C C C C C C C", [], Ring: true, Fusion: (3, 8)),
    ];

    public static readonly IReadOnlyList<MoleculeFragment> Chains =
    [
        new("C", []), new("C", []), new("C C", []), new("C C C", []), new("C C", [0]), new("N", []), new("O", []), new("S", []),
    ];

    public static readonly IReadOnlyList<MoleculeFragment> Groups =
    [
        new("F", [], 1), new("Cl", [], 1), new("Br", [], 1), new("I", [], 1), new("O", [], 1), new("N", [], 1),
        new("O", [], 2), new("C N3", [], 1),
        new("C O O", [1], 1, Branches: true),
        new("C O N", [1], 1, Branches: true),
        new("C O O-", [1], 1, Branches: true),
        new("N+ O O-", [1], 1, Branches: true),
        new("S6 O O C", [1, 2], 1, Branches: true),
        new("N+", [], 1),
        new("C F F F", [], 1, Branches: true),
    ];

    /// <summary>Adds the piece to a molecule, not yet attached, and returns the place of its first atom.</summary>
    public int AddTo(MoleculeGraph molecule)
    {
        var symbols = Atoms.Split(' ');
        var first = molecule.Atoms.Count;
        foreach (var symbol in symbols) molecule.Add(AtomOf(symbol));
        for (var atom = 1; atom < symbols.Length; atom++)
        {
            var order = symbols[atom] == "N3" ? 3 : Doubles.Contains(Branches ? atom : atom - 1) ? 2 : 1;
            molecule.AddBond(first + (Branches ? 0 : atom - 1), first + atom, order);
        }
        if (Ring) molecule.AddBond(first + symbols.Length - 1, first, 1);
        if (Fusion is var (one, other)) molecule.AddBond(first + one, first + other, 1);
        return first;
    }

    private MoleculeGraph.Atom AtomOf(string symbol) => symbol switch
    {
        "C" => new("C", 4, 0, Aromatic),
        "N" => new("N", 3, 0, Aromatic),
        "N3" => new("N", 3),
        "O" => new("O", 2, 0, Aromatic),
        "S" => new("S", 2, 0, Aromatic),
        "S6" => new("S", 6),
        "N+" => new("N", 4, 1),
        "O-" => new("O", 1, -1),
        _ => new(symbol, 1),
    };
}
