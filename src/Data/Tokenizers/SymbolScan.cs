using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>The loop of the fast path: every molecule of a corpus goes through it once.</summary>
internal static class SymbolScan
{
    /// <inheritdoc cref="IMoleculeTokenizer.TryEncode"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryEncode<TReader>(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) where TReader : struct, ISymbolReader
    {
        if (ids.Length < smiles.Length) throw new ArgumentException($"{ids.Length} ids are too few for {smiles.Length} characters.", nameof(ids));
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
}
