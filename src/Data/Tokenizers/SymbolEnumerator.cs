namespace W2S.Data;

/// <summary>Walks over a SMILES symbol by symbol, known and unknown; refuses an unknown one where the tokenizer does.</summary>
internal ref struct SymbolEnumerator(MoleculeTokenizer tokenizer, ReadOnlySpan<char> smiles)
{
    private readonly ReadOnlySpan<char> _smiles = smiles;
    private bool _insideBrackets;

    /// <summary>The symbol's id, or −1 where the vocabulary lacks it.</summary>
    public int Id { get; private set; }

    /// <summary>Index of the symbol's first character.</summary>
    public int Position { get; private set; }

    /// <summary>Index after the symbol's last character.</summary>
    public int End { get; private set; }

    /// <exception cref="UserErrorException">The next symbol is unknown, and unknown symbols are refused.</exception>
    public bool MoveNext()
    {
        if (End >= _smiles.Length) return false;
        Position = End;
        Id = tokenizer.Read(_smiles, Position, ref _insideBrackets, out var length);
        if (Id < 0 && tokenizer.UnknownSymbols == UnknownSymbols.Refuse) throw new UserErrorException(tokenizer.Explain(_smiles, Position));
        End = Position + length;
        return true;
    }
}
