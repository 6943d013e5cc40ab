using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>
/// The tokenizer for SMILES as they stand in files ("smiles"), aromatic atoms and all: atoms, bonds, branches, ring
/// numbers, and the parts of bracket atoms, 60 ids in all.
/// </summary>
/// <remarks>
/// Bracket atoms are cut into their parts, [13C@@H2+] into [ 1 3 C @@ H 2 + ], and ring numbers into % and digits, for
/// else the vocabulary would have no end. A symbol is known only where SMILES has it: "Sc" is scandium inside brackets
/// and sulphur before an aromatic carbon outside; H, @ and + stand inside only, branches and other bonds outside only;
/// [ needs its ], and % two digits. Grammar beyond that (closed rings, valences) is RDKit's business.
/// The elements are those of GuacaMol, ChEMBL 22, ESOL, FreeSolv and Lipop; any other is an unknown symbol.
/// </remarks>
public sealed class SmilesTokenizer(MoleculeTokenizer.Unknown unknownSymbols = MoleculeTokenizer.Unknown.Refuse)
    : MoleculeTokenizer(unknownSymbols)
{
    public override string Name => "smiles";

    public override IReadOnlyList<string> Vocabulary => Symbols.Vocabulary;

    public override bool TryEncode(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) =>
        TryEncode<Symbols>(smiles, ids, out count, out errorPosition);

    protected internal override int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length) =>
        Symbols.Read(smiles, position, ref insideBrackets, out length);

    protected override string Remedy(ReadOnlySpan<char> smiles, int errorPosition) => smiles[errorPosition] switch
    {
        '[' => "This bracket is not closed, or stands inside another.",
        '%' => "A % stands outside of brackets, before a ring number of two digits.",
        var blank when char.IsWhiteSpace(blank) => "Remove the blank.",
        _ => "Correct the SMILES, leave the molecule out, or have unknown symbols dropped.",
    };

    /// <summary>The vocabulary of raw SMILES, and which of its symbols stand inside and outside of brackets.</summary>
    private readonly struct Symbols : IReader
    {
        private const string OrganicAtoms = "B C N O P S F Cl Br I b c n o p s";
        private const string BracketAtoms = "H Si Se se As Te te Li Na K Mg Ca V Zn";
        private const string Bonds = "- = # $ : / \\ .";
        private const string BranchesAndBrackets = "( ) [ ]";
        private const string Numbers = "0 1 2 3 4 5 6 7 8 9";
        private const string ChiralityAndCharge = "@ @@ +";

        /// <summary>The tokens by id. Files of weights depend on this order: new symbols go to the end.</summary>
        public static readonly string[] Vocabulary =
        [
            "[PAD]", "[CLS]", "[SEP]", "[MASK]",
            .. Words(OrganicAtoms), .. Words(BracketAtoms), .. Words(Bonds), .. Words(BranchesAndBrackets), "%", .. Words(
                Numbers), .. Words(ChiralityAndCharge),
        ];

        private static readonly SymbolTable Outside = new(
            Vocabulary, [.. Words(OrganicAtoms), .. Words(Bonds), "(", ")", "[", "%", .. Words(Numbers)]);

        private static readonly SymbolTable Inside =
            new(
                Vocabulary,
                [.. Words(OrganicAtoms), .. Words(BracketAtoms), "]", "-", ":", .. Words(Numbers), .. Words(ChiralityAndCharge)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length)
        {
            var first = smiles[position];
            var second = position + 1 < smiles.Length ? smiles[position + 1] : '\0';
            length = 1;
            if (insideBrackets)
            {
                if (first == ']') insideBrackets = false;
                // Two letters are one element here, known or not; two small ones as well ([se]).
                if ((char.IsAsciiLetter(first) && char.IsAsciiLetterLower(second)) || (first == '@' && second == '@'))
                {
                    length = 2;
                    return Inside.Find(first, second);
                }
                if (char.IsSurrogatePair(first, second)) length = 2;
                return Inside.Find(first);
            }
            switch (first)
            {
                case 'C' when second == 'l':
                case 'B' when second == 'r':
                    length = 2;
                    return Outside.Find(first, second);
                case '[':
                    insideBrackets = smiles[position..].IndexOf(']') > 0;
                    return insideBrackets ? Outside.Find(first) : -1;
                case '%':
                    return position + 2 < smiles.Length && char.IsAsciiDigit(second) && char.IsAsciiDigit(smiles[position + 2])
                        ? Outside.Find(first)
                        : -1;
            }
            if (char.IsSurrogatePair(first, second)) length = 2;
            return Outside.Find(first);
        }

        private static string[] Words(string text) => text.Split(' ');
    }

    /// <summary>Finds the ids of symbols of one or two ASCII characters by one look-up.</summary>
    private sealed class SymbolTable
    {
        private const byte None = 255;

        private readonly byte[] _single = new byte[128];
        private readonly byte[] _pairs = new byte[128 * 128];

        /// <param name="vocabulary">All tokens by id.</param>
        /// <param name="symbols">Those to be found here.</param>
        public SymbolTable(string[] vocabulary, IEnumerable<string> symbols)
        {
            Array.Fill(_single, None);
            Array.Fill(_pairs, None);
            foreach (var symbol in symbols)
            {
                var id = (byte)Array.IndexOf(vocabulary, symbol);
                if (symbol.Length == 1) _single[symbol[0]] = id;
                else _pairs[symbol[0] * 128 + symbol[1]] = id;
            }
        }

        /// <summary>The id of a symbol of one character, or −1.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Find(char symbol) => symbol < _single.Length && _single[symbol] != None ? _single[symbol] : -1;

        /// <summary>The id of a symbol of two characters, both ASCII, or −1.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Find(char first, char second)
        {
            var id = _pairs[first * 128 + second];
            return id == None ? -1 : id;
        }
    }
}
