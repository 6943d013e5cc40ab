namespace W2S.Data;

/// <summary>What a molecule's tokenizer does with a symbol that its vocabulary lacks.</summary>
public enum UnknownSymbols
{
    /// <summary>The molecule is refused, with the symbol and its position. The default: a dropped atom is another molecule.</summary>
    Refuse,

    /// <summary>The symbol is left out and counted.</summary>
    Drop,
}
