namespace W2S.Data;

/// <summary>
/// MolBERT's tokenizer ("molbert"): 42 ids for kekulised SMILES, ring numbers and charges cut into characters. There is
/// no [UNK]: a molecule with any other symbol, or with any other element's symbol as part of its text, is invalid.
/// </summary>
/// <remarks>
/// MolBERT (Fabian et al., 2020), `molfeaturizer.py`: Br, Cl, Se, Si, @@ and se are replaced by one private character
/// each, in this order, then every character is a token. As no two of the six overlap (but for @@ with itself), reading
/// from left to right gives the same. Its SMILES are kekulised first; raw aromatic ones are refused, as is "Sc1ccccc1",
/// sulphur and an aromatic carbon, already for being taken for scandium.
/// </remarks>
public sealed class MolbertTokenizer(MoleculeTokenizer.Unknown unknownSymbols = MoleculeTokenizer.Unknown.Refuse)
    : MoleculeTokenizer(unknownSymbols)
{
    public override string Name => "molbert";

    public override IReadOnlyList<string> Vocabulary => Symbols.Vocabulary;

    public override bool TryEncode(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) =>
        TryEncode<Symbols>(smiles, ids, out count, out errorPosition);

    protected internal override int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length) =>
        Symbols.Read(smiles, position, ref insideBrackets, out length);

    protected override string Remedy(ReadOnlySpan<char> smiles, int errorPosition)
    {
        if (char.IsWhiteSpace(smiles[errorPosition])) return "Remove the blank.";
        return smiles.ContainsAny("bcnops")
            ? "It reads kekulised SMILES only, without aromatic (small) atoms: "
                + "run `data prepare` on the file, or use the tokenizer 'smiles'."
            : "Its elements are H, B, C, N, O, F, Si, P, S, Cl, Se, Br and I: leave the molecule out, or have unknown symbols dropped.";
    }

    /// <summary>MolBERT's vocabulary and its rule of legality, as tables.</summary>
    private readonly struct Symbols : IReader
    {
        /// <summary>The tokens by id.</summary>
        public static readonly string[] Vocabulary =
        [
            "[PAD]", "[CLS]", "[SEP]", "[MASK]",
            "F", "H", "I", "B", "C", "N", "O", "P", "S", "Br", "Cl", "Si", "Se", "se", "@@",
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "=", "@", "#", "%", "/", "\\", "(", ")", "+", "-", ".", "[", "]",
        ];

        /// <summary>
        /// The 105 element symbols of MolBERT's table that make a molecule invalid wherever they occur as a substring. (Uub to Uuo: as
        /// first proposed.)
        /// </summary>
        public static readonly string[] Forbidden =
            ("Ac Al Am Sb Ar As At Ba Bk Be Bi Bh Cd Ca Cf Ce Cs Cr Co Cu Cm Ds Db Dy Es Er Eu Fm Fr Gd Ga Ge Au Hf Hs He Ho In Ir "
             + "Fe Kr La Lr Pb Li Lu Mg Mn Mt Md Hg Mo Nd Ne Np Ni Nb No Uuo Os Pd Pt Pu Po K Pr Pm Pa Ra Rn Re Rh Rg Rb Ru Rf Sm Sc "
             + "Sg Ag Na Sr Ta Tc Te Tb Tl Th Tm Sn Ti W Uub Uuh Uup Uuq Uus Uut U V Xe Yb Y Zn Zr").Split(' ');

        private const byte None = 255;

        /// <summary>[128]: the id of a token of one character, or None.</summary>
        private static readonly byte[] Single = SingleIds();

        /// <summary>[26]: for a first capital, a bit for each small letter that makes a forbidden element's symbol of it.</summary>
        private static readonly uint[] ForbiddenSecond = ForbiddenSecondLetters();

        public static int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length)
        {
            var first = smiles[position];
            var second = position + 1 < smiles.Length ? smiles[position + 1] : '\0';
            length = 2;
            if (char.IsBetween(second, 'a', 'z') && char.IsAsciiLetter(first))
            {
                // No forbidden symbol begins with a small letter, so none is missed by stepping over a token's second one.
                if (char.IsAsciiLetterUpper(first) && (ForbiddenSecond[first - 'A'] >> (second - 'a') & 1) != 0) return -1;
                switch (first, second)
                {
                    case ('B', 'r'): return 13;
                    case ('C', 'l'): return 14;
                    case ('S', 'i'): return 15;
                    case ('S', 'e'): return 16;
                    case ('s', 'e'): return 17;
                }
            }
            else if (first == '@' && second == '@')
            {
                return 18;
            }
            else if (char.IsSurrogatePair(first, second))
            {
                return -1;
            }
            length = 1;
            var id = first < 128 ? Single[first] : None;
            return id == None ? -1 : id;
        }

        private static byte[] SingleIds()
        {
            var ids = new byte[128];
            Array.Fill(ids, None);
            for (var id = FirstOrdinaryId; id < Vocabulary.Length; id++)
            {
                if (Vocabulary[id].Length == 1) ids[Vocabulary[id][0]] = (byte)id;
            }
            return ids;
        }

        /// <remarks>K, U, V, W and Y, and with U the three-letter symbols, are refused for being no tokens.</remarks>
        private static uint[] ForbiddenSecondLetters()
        {
            var letters = new uint[26];
            foreach (var symbol in Forbidden.Where(symbol => symbol.Length == 2)) letters[symbol[0] - 'A'] |= 1u << (symbol[1] - 'a');
            return letters;
        }
    }
}
