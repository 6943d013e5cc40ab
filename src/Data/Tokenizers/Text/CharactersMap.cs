using System.Buffers.Binary;
using System.Text;

namespace W2S.Data;

/// <summary>
/// SentencePiece's precompiled map of characters (NFKC and more): a double-array trie (Darts-clone) from UTF-8 to the place of
/// what stands for it, the longest match first. Its size in four bytes, the trie, then texts that end with 0.
/// </summary>
internal sealed class CharactersMap
{
    private readonly uint[] _trie;
    private readonly ReadOnlyMemory<byte> _texts;

    /// <exception cref="UserErrorException">It is cut short.</exception>
    public CharactersMap(ReadOnlyMemory<byte> map)
    {
        var size = map.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(map.Span);
        if (size > map.Length - 4 || size % 4 != 0)
            throw new UserErrorException($"A tokenizer's precompiled_charsmap of {map.Length} bytes is cut short.");
        _trie = new uint[size / 4];
        for (var unit = 0; unit < _trie.Length; unit++) _trie[unit] = BinaryPrimitives.ReadUInt32LittleEndian(map.Span[(4 + 4 * unit)..]);
        _texts = map[(int)(4 + size)..];
    }

    public string Apply(string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        var result = new List<byte>(bytes.Length);
        while (bytes.Length > 0)
        {
            var (length, place) = Longest(bytes);
            if (length > 0)
            {
                var rest = _texts.Span[Math.Min(place, _texts.Length)..];
                var end = rest.IndexOf((byte)0);
                result.AddRange(end < 0 ? rest : rest[..end]);
            }
            else
            {
                Rune.DecodeFromUtf8(bytes, out _, out length);
                result.AddRange(bytes[..length]);
            }
            bytes = bytes[length..];
        }
        return Encoding.UTF8.GetString([.. result]);
    }

    private (int Length, int Place) Longest(ReadOnlySpan<byte> key)
    {
        var (found, node) = ((Length: 0, Place: 0), 0u);
        if (_trie.Length == 0) return found;
        node ^= Offset(_trie[0]);
        for (var i = 0; i < key.Length && key[i] != 0; i++)
        {
            node ^= key[i];
            if (node >= _trie.Length) break;
            var unit = _trie[node];
            if ((unit & (1u << 31 | 255)) != key[i]) break;
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 1 && node < _trie.Length) found = (i + 1, (int)(_trie[node] & int.MaxValue));
        }
        return found;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
}
