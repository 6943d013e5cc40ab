namespace W2S.Data;

public static partial class SyntheticMolecules
{
    /// <summary>A molecule while it is built: atoms, bonds of whole orders (kekulised), and which atoms are aromatic.</summary>
    internal sealed class Graph
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

        /// <param name="aromatic">Lower-case aromatic atoms; otherwise double bonds are written out (kekulised).</param>
        public string ToSmiles(bool aromatic) => new Writer(this, aromatic).Write();

        /// <param name="Symbol">Of the element, upper case.</param>
        /// <param name="Valence">The bonds it has, hydrogens included: 4 for C and for N+, 6 for the S of a sulfone.</param>
        /// <param name="Chirality">"", "@" or "@@".</param>
        public sealed record Atom(string Symbol, int Valence, int Charge = 0, bool Aromatic = false, string Chirality = "");

        public readonly record struct Bond(int To, int Order);

        /// <summary>Writes a molecule as SMILES, depth first from its first atom; both forms visit the atoms in the same order.</summary>
        private sealed class Writer(Graph molecule, bool aromatic)
        {
            private readonly StringBuilder _text = new();
            private readonly Dictionary<(int, int), int> _ringNumbers = [];
            private readonly SortedSet<int> _freeNumbers = [.. Enumerable.Range(1, 99)];
            private readonly HashSet<(int Parent, int Child)> _tree = [];
            private readonly HashSet<int> _visited = [];

            public string Write()
            {
                Span(0);
                Append(0, -1);
                return _text.ToString();
            }

            /// <summary>Chooses the bonds that are written as neighbours; the others close rings.</summary>
            private void Span(int atom)
            {
                _visited.Add(atom);
                foreach (var bond in molecule.BondsOf(atom))
                {
                    if (_visited.Contains(bond.To)) continue;
                    _tree.Add((atom, bond.To));
                    Span(bond.To);
                }
            }

            private void Append(int atom, int parent)
            {
                _text.Append(AtomText(atom));
                var closures = molecule.BondsOf(atom)
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
                var children = molecule.BondsOf(atom).Where(bond => _tree.Contains((atom, bond.To))).ToArray();
                for (var child = 0; child < children.Length; child++)
                {
                    var isBranch = child < children.Length - 1;
                    if (isBranch) _text.Append('(');
                    _text.Append(BondText(atom, children[child]));
                    Append(children[child].To, atom);
                    if (isBranch) _text.Append(')');
                }
            }

            private string BondText(int atom, Graph.Bond bond)
            {
                if (aromatic && molecule.Atoms[atom].Aromatic && molecule.Atoms[bond.To].Aromatic)
                    return molecule.IsRingBond(atom, bond.To) ? "" : "-";
                return bond.Order switch { 1 => "", 2 => "=", _ => "#" };
            }

            private string AtomText(int index)
            {
                var atom = molecule.Atoms[index];
                var hydrogens = molecule.FreeValence(index);
                var symbol = aromatic && atom.Aromatic ? atom.Symbol.ToLowerInvariant() : atom.Symbol;
                // The hydrogen of an aromatic nitrogen must be said: without it, the ring could not be kekulised.
                var needsBracket = atom.Charge != 0 || atom.Chirality != "" || (symbol == "n" && hydrogens > 0);
                if (!needsBracket) return symbol;
                var hydrogenText = hydrogens switch { 0 => "", 1 => "H", _ => $"H{hydrogens}" };
                var charge = atom.Charge switch { > 0 => "+", < 0 => "-", _ => "" };
                return $"[{symbol}{atom.Chirality}{hydrogenText}{charge}]";
            }
        }
    }
}
