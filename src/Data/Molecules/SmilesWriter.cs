using System.Text;

namespace W2S.Data;

/// <summary>Writes a molecule as SMILES, depth first from its first atom; both forms visit the atoms in the same order.</summary>
internal sealed class SmilesWriter
{
    private readonly MoleculeGraph _molecule;
    private readonly bool _aromatic;
    private readonly StringBuilder _text = new();
    private readonly Dictionary<(int, int), int> _ringNumbers = [];
    private readonly SortedSet<int> _freeNumbers = [.. Enumerable.Range(1, 99)];
    private readonly HashSet<(int Parent, int Child)> _tree = [];
    private readonly HashSet<int> _visited = [];

    private SmilesWriter(MoleculeGraph molecule, bool aromatic) => (_molecule, _aromatic) = (molecule, aromatic);

    /// <param name="aromatic">Lower-case aromatic atoms; otherwise double bonds are written out (kekulised).</param>
    public static string Write(MoleculeGraph molecule, bool aromatic)
    {
        var writer = new SmilesWriter(molecule, aromatic);
        writer.Span(0);
        writer.Append(0, -1);
        return writer._text.ToString();
    }

    /// <summary>Chooses the bonds that are written as neighbours; the others close rings.</summary>
    private void Span(int atom)
    {
        _visited.Add(atom);
        foreach (var bond in _molecule.BondsOf(atom))
        {
            if (_visited.Contains(bond.To)) continue;
            _tree.Add((atom, bond.To));
            Span(bond.To);
        }
    }

    private void Append(int atom, int parent)
    {
        _text.Append(AtomText(atom));
        var closures = _molecule.BondsOf(atom)
            .Where(bond => bond.To != parent && !_tree.Contains((atom, bond.To)) && !_tree.Contains((bond.To, atom))).ToArray();
        foreach (var bond in closures)
        {
            var key = (Math.Min(atom, bond.To), Math.Max(atom, bond.To));
            if (_ringNumbers.Remove(key, out var number))
                _freeNumbers.Add(number);
            else
            {
                number = _freeNumbers.Min;
                _freeNumbers.Remove(number);
                _ringNumbers[key] = number;
                _text.Append(BondText(atom, bond));
            }
            _text.Append(number < 10 ? $"{number}" : $"%{number}");
        }
        var children = _molecule.BondsOf(atom).Where(bond => _tree.Contains((atom, bond.To))).ToArray();
        for (var child = 0; child < children.Length; child++)
        {
            var isBranch = child < children.Length - 1;
            if (isBranch) _text.Append('(');
            _text.Append(BondText(atom, children[child]));
            Append(children[child].To, atom);
            if (isBranch) _text.Append(')');
        }
    }

    private string BondText(int atom, MoleculeGraph.Bond bond)
    {
        if (_aromatic && _molecule.Atoms[atom].Aromatic && _molecule.Atoms[bond.To].Aromatic)
            return _molecule.IsRingBond(atom, bond.To) ? "" : "-";
        return bond.Order switch { 1 => "", 2 => "=", _ => "#" };
    }

    private string AtomText(int index)
    {
        var atom = _molecule.Atoms[index];
        var hydrogens = _molecule.FreeValence(index);
        var symbol = _aromatic && atom.Aromatic ? atom.Symbol.ToLowerInvariant() : atom.Symbol;
        // The hydrogen of an aromatic nitrogen must be said: without it, the ring could not be kekulised.
        var needsBracket = atom.Charge != 0 || atom.Chirality != "" || (symbol == "n" && hydrogens > 0);
        if (!needsBracket) return symbol;
        var hydrogenText = hydrogens switch { 0 => "", 1 => "H", _ => $"H{hydrogens}" };
        var charge = atom.Charge switch { > 0 => "+", < 0 => "-", _ => "" };
        return $"[{symbol}{atom.Chirality}{hydrogenText}{charge}]";
    }
}
