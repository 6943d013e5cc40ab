using System.Runtime.CompilerServices;

namespace W2S.Data;

/// <summary>Finds the ids of symbols of one or two ASCII characters by one look-up.</summary>
internal sealed class SymbolTable
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
