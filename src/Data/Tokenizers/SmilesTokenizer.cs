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
public sealed class SmilesTokenizer(UnknownSymbols unknownSymbols = UnknownSymbols.Refuse) : MoleculeTokenizer(unknownSymbols)
{
    public override string Name => "smiles";

    public override IReadOnlyList<string> Vocabulary => SmilesSymbols.Vocabulary;

    public override bool TryEncode(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) =>
        SymbolScan.TryEncode<SmilesSymbols>(smiles, ids, out count, out errorPosition);

    protected internal override int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length) =>
        SmilesSymbols.Read(smiles, position, ref insideBrackets, out length);

    protected override string Remedy(ReadOnlySpan<char> smiles, int errorPosition) => smiles[errorPosition] switch
    {
        '[' => "This bracket is not closed, or stands inside another.",
        '%' => "A % stands outside of brackets, before a ring number of two digits.",
        var blank when char.IsWhiteSpace(blank) => "Remove the blank.",
        _ => "Correct the SMILES, leave the molecule out, or have unknown symbols dropped.",
    };
}
