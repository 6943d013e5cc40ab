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
public sealed class MolbertTokenizer(UnknownSymbols unknownSymbols = UnknownSymbols.Refuse) : MoleculeTokenizer(unknownSymbols)
{
    public override string Name => "molbert";

    public override IReadOnlyList<string> Vocabulary => MolbertSymbols.Vocabulary;

    public override bool TryEncode(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) =>
        SymbolScan.TryEncode<MolbertSymbols>(smiles, ids, out count, out errorPosition);

    protected internal override int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length) =>
        MolbertSymbols.Read(smiles, position, ref insideBrackets, out length);

    protected override string Remedy(ReadOnlySpan<char> smiles, int errorPosition)
    {
        if (char.IsWhiteSpace(smiles[errorPosition])) return "Remove the blank.";
        return smiles.ContainsAny("bcnops")
            ? "It reads kekulised SMILES only, without aromatic (small) atoms: run `data prepare` on the file, or use the tokenizer 'smiles'."
            : "Its elements are H, B, C, N, O, F, Si, P, S, Cl, Se, Br and I: leave the molecule out, or have unknown symbols dropped.";
    }
}
