namespace W2S.Data;

/// <summary>
/// Valid, varied molecules from a seed: rings (fused too), branches, aromatics, charges, chirality, put together from
/// small pieces atom by atom within their valences, so that the whole molecular path can run and be tested offline.
/// </summary>
public static partial class SyntheticMolecules
{
    private const int LongestKekulised = 120;

    /// <summary>So many different molecules; a longer list begins with the shorter one of the same seed.</summary>
    public static IReadOnlyList<Molecule> Generate(int count, long seed)
    {
        var molecules = new List<Molecule>(count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (long index = 0; molecules.Count < count; index++)
        {
            var graph = Build(new RandomStream(seed, "synthetic molecules", index));
            var kekulised = graph.ToSmiles(aromatic: false);
            if (kekulised.Length <= LongestKekulised && seen.Add(kekulised))
                molecules.Add(new Molecule(graph.ToSmiles(aromatic: true), kekulised, PropertyOf(graph)));
        }
        return molecules;
    }

    /// <summary>
    /// 0.3 for each carbon outside and 0.2 for each atom inside aromatic rings, −0.7 for each other nitrogen and oxygen,
    /// 0.5 for each halogen and sulfur, −1.2 for each charged atom, and −0.4 × √rings, the one part that is not a count of
    /// atoms. Much like a fragment model of lipophilicity; about −6 to 6.
    /// </summary>
    internal static double PropertyOf(Graph molecule) => -0.4 * Math.Sqrt(molecule.Rings) + molecule.Atoms.Sum(atom =>
        (atom.Charge != 0 ? -1.2 : 0) + (atom.Aromatic ? 0.2 : atom.Symbol switch { "C" => 0.3, "N" or "O" => -0.7, _ => 0.5 }));

    private static Graph Build(RandomStream random)
    {
        var molecule = new Graph();
        var target = 5 + random.NextInt(24);
        (random.NextInt(3) == 0 ? Pick(Fragment.Chains, random) : Pick(Fragment.Rings, random)).AddTo(molecule);
        for (var attempt = 0; molecule.Atoms.Count < target && attempt < 60; attempt++)
        {
            var kind = random.NextInt(10);
            Attach(molecule, Pick(kind < 3 ? Fragment.Rings : kind < 6 ? Fragment.Chains : Fragment.Groups, random), random);
        }
        MarkChirality(molecule, random);
        return molecule;
    }

    private static void Attach(Graph molecule, Fragment fragment, RandomStream random)
    {
        var order = Math.Max(1, fragment.Order);
        var hosts = Enumerable.Range(0, molecule.Atoms.Count)
            .Where(atom => molecule.FreeValence(atom) >= order && IsHost(molecule.Atoms[atom])).ToArray();
        if (hosts.Length == 0) return;
        var host = Pick(hosts, random);
        // Two heteroatoms side by side are mostly unstable, and a doubly bonded oxygen on one is another group.
        var probe = new Graph();
        fragment.AddTo(probe);
        var ends = fragment.Order > 0 ? [0] : Enumerable.Range(0, probe.Atoms.Count).Where(atom => probe.FreeValence(atom) >= 1).ToArray();
        if (molecule.Atoms[host].Symbol != "C") ends = [.. ends.Where(end => order == 1 && probe.Atoms[end].Symbol == "C")];
        if (ends.Length == 0) return;
        var first = fragment.AddTo(molecule);
        molecule.AddBond(host, first + Pick(ends, random), order);
    }

    /// <summary>Halogens and charged atoms stay as they are.</summary>
    private static bool IsHost(Graph.Atom atom) => atom.Charge == 0 && atom.Symbol is ("C" or "N" or "O" or "S");

    /// <summary>Half of the carbons with one hydrogen and three single bonds to other atoms get a hand.</summary>
    private static void MarkChirality(Graph molecule, RandomStream random)
    {
        for (var index = 0; index < molecule.Atoms.Count; index++)
        {
            var atom = molecule.Atoms[index];
            var bonds = molecule.BondsOf(index);
            if (atom.Symbol != "C" || atom.Aromatic || bonds.Count != 3 || bonds.Any(bond => bond.Order != 1)) continue;
            if (random.NextInt(2) == 0) molecule.Mark(index, atom with { Chirality = random.NextInt(2) == 0 ? "@" : "@@" });
        }
    }

    private static T Pick<T>(IReadOnlyList<T> among, RandomStream random) => among[random.NextInt(among.Count)];

    /// <summary>One generated molecule.</summary>
    /// <param name="Aromatic">SMILES with aromatic atoms in lower case.</param>
    /// <param name="Kekulised">The same with double bonds written out: what MolBERT's tokenizer takes.</param>
    /// <param name="Property">A known function of the structure: see <see cref="SyntheticMolecules.PropertyOf"/>.</param>
    public sealed record Molecule(string Aromatic, string Kekulised, double Property);

    /// <summary>A piece that synthetic molecules are put together from.</summary>
    /// <param name="Atoms">
    /// Element symbols, one letter or two, separated by blanks; a ring's atoms in their order. N+ and O- are charged, S6 has six bonds.
    /// </param>
    /// <param name="Doubles">The atoms, by position, with a double bond to the next.</param>
    /// <param name="Order">Of the bond by which the piece's first atom is attached; 0: by any atom with room, singly.</param>
    /// <param name="Ring">Whether the last atom is bonded to the first.</param>
    /// <param name="Fusion">The two atoms, if any, with a bond across, which makes two rings of one.</param>
    /// <param name="Branches">
    /// Whether all atoms after the first hang on the first, doubly where <paramref name="Doubles"/> has them.
    /// </param>
    private sealed record Fragment(
        string Atoms, int[] Doubles, int Order = 0, bool Ring = false, bool Aromatic = false, (int, int)? Fusion = null,
        bool Branches = false)
    {
        public static readonly IReadOnlyList<Fragment> Rings =
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

        public static readonly IReadOnlyList<Fragment> Chains =
        [
            new("C", []), new("C", []), new("C C", []), new("C C C", []), new("C C", [0]), new("N", []), new("O", []), new("S", []),
        ];

        public static readonly IReadOnlyList<Fragment> Groups =
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
        public int AddTo(Graph molecule)
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

        private Graph.Atom AtomOf(string symbol) => symbol switch
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
}
