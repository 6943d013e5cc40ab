namespace W2S.Data;

/// <summary>How a vocabulary's symbols are recognised. A type rather than an object, so that <see cref="SymbolScan"/> is compiled for each.</summary>
internal interface ISymbolReader
{
    /// <summary>Reads the symbol that begins at a position of a SMILES.</summary>
    /// <param name="insideBrackets">Whether the position is between [ and ]; kept up to date by the reader.</param>
    /// <param name="length">The symbol's length in characters, also where it is unknown.</param>
    /// <returns>Its id, or −1 where the vocabulary lacks it.</returns>
    static abstract int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length);
}
