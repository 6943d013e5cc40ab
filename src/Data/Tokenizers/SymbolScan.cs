using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>The loop of the fast path: every molecule of a corpus goes through it once.</summary>
internal static class SymbolScan
{
    /// <inheritdoc cref="MoleculeTokenizer.TryEncode"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryEncode<TReader>(
        ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) where TReader : struct, IReader
    {
        if (ids.Length < smiles.Length)
            throw new ArgumentException($"{ids.Length} ids are too few for {smiles.Length} characters.", nameof(ids));
        count = 0;
        var insideBrackets = false;
        for (var position = 0; position < smiles.Length;)
        {
            var id = TReader.Read(smiles, position, ref insideBrackets, out var length);
            if (id < 0)
            {
                errorPosition = position;
                return false;
            }
            ids[count++] = id;
            position += length;
        }
        errorPosition = -1;
        return true;
    }

    /// <summary>
    /// How a vocabulary's symbols are recognised. A type rather than an object, so that <see cref="SymbolScan"/> is compiled for each.
    /// </summary>
    internal interface IReader
    {
        /// <summary>Reads the symbol that begins at a position of a SMILES.</summary>
        /// <param name="insideBrackets">Whether the position is between [ and ]; kept up to date by the reader.</param>
        /// <param name="length">The symbol's length in characters, also where it is unknown.</param>
        /// <returns>Its id, or −1 where the vocabulary lacks it.</returns>
        static abstract int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length);
    }
}
