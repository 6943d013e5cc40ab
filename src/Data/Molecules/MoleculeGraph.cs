namespace W2S.Data;

/// <summary>A molecule while it is built: atoms, bonds of whole orders (kekulised), and which atoms are aromatic.</summary>
internal sealed class MoleculeGraph
{
    private readonly List<Atom> _atoms = [];
    private readonly List<List<Bond>> _bonds = [];

    public IReadOnlyList<Atom> Atoms => _atoms;

    /// <summary>How many rings: bonds − atoms + 1, for the molecule is in one piece.</summary>
    public int Rings => _bonds.Sum(bonds => bonds.Count) / 2 - _atoms.Count + 1;

    public IReadOnlyList<Bond> BondsOf(int atom) => _bonds[atom];

    public int Add(Atom atom)
    {
        _atoms.Add(atom);
        _bonds.Add([]);
        return _atoms.Count - 1;
    }

    public void AddBond(int first, int second, int order)
    {
        _bonds[first].Add(new Bond(second, order));
        _bonds[second].Add(new Bond(first, order));
    }

    /// <summary>How many more single bonds the atom can have: these are its hydrogens in the end.</summary>
    public int FreeValence(int atom) => _atoms[atom].Valence - _bonds[atom].Sum(bond => bond.Order);

    public void Mark(int atom, Atom marked) => _atoms[atom] = marked;

    public bool IsRingBond(int first, int second)
    {
        // A bond is in a ring if its ends stay connected without it.
        var reached = new HashSet<int> { first };
        var open = new Stack<int>([first]);
        while (open.TryPop(out var atom))
            foreach (var bond in _bonds[atom])
                if (!(atom == first && bond.To == second) && reached.Add(bond.To)) open.Push(bond.To);
        return reached.Contains(second);
    }

    /// <param name="Symbol">Of the element, upper case.</param>
    /// <param name="Valence">The bonds it has, hydrogens included: 4 for C and for N+, 6 for the S of a sulfone.</param>
    /// <param name="Chirality">"", "@" or "@@".</param>
    public sealed record Atom(string Symbol, int Valence, int Charge = 0, bool Aromatic = false, string Chirality = "");

    public readonly record struct Bond(int To, int Order);
}
