using System.Text;

namespace W2S.Data.Tests;

public sealed class UnigramTokenizerTests
{
    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

    [SkippableFact]
    public void Ids_are_those_of_the_best_of_all_cuts_for_real_and_for_odd_texts()
    {
        List<string> texts = [.. TokenizerReference.Real(500), .. TokenizerReference.Odd.Where(text => !text.Contains('\ud800'))];
        var pieces = Pieces(texts);
        var tokenizer = new UnigramTokenizer(pieces, unknown: 3, map: null, Special);

        var expected = TokenizerReference.Ids(new { kind = "unigram", pieces = pieces.Select(piece => new object[] { piece.Piece, double.IsFinite(piece.Score) ? piece.Score : -1e30 }), unknown = 3, special = Special, texts });

        for (var i = 0; i < texts.Count; i++)
            Assert.True(expected[i].SequenceEqual(tokenizer.EncodeToIds(texts[i])), $"'{texts[i][..Math.Min(80, texts[i].Length)]}': {string.Join(' ', tokenizer.EncodeToIds(texts[i]).Take(40))} where the definition gives {string.Join(' ', expected[i].Take(40))}");
        Assert.Contains(expected, ids => ids.Contains(3));
    }

    [Fact]
    public void The_map_of_characters_takes_the_longest_match()
    {
        // ﬁ → fi, x → y, xz → w: a double array by hand, every character's unit at its own place.
        var map = Map(("\ufb01", "fi"), ("x", "y"), ("xz", "w"));
        var pieces = new List<(string, double)> { ("<s>", double.NegativeInfinity), ("<unk>", double.NegativeInfinity) };
        pieces.AddRange("▁fiywaz".Select(letter => (letter.ToString(), -1.0)));
        var tokenizer = new UnigramTokenizer(pieces, unknown: 1, map, []);
        Assert.Equal(["▁", "f", "i", "y", "w", "a", "y"], tokenizer.EncodeToTokens("\ufb01xxzax", out _).Select(token => token.Value));
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 255, 255, 255, 0, 1, 2 })]
    public void A_map_that_is_cut_short_is_refused(byte[] map) =>
        Assert.Contains("cut short", Assert.Throws<UserErrorException>(() => new UnigramTokenizer([("a", -1)], 0, map, [])).Message);

    /// <summary>Frequent words and parts of words with the logarithm of their share, and most letters.</summary>
    private static List<(string Piece, double Score)> Pieces(List<string> texts)
    {
        var counts = texts.SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(word => word.Length < 20 && !word.Any(char.IsSurrogate)).SelectMany(word => Parts("▁" + word))
            .CountBy(part => part).Where(pair => pair.Value > 5).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(5000).ToList();
        var all = (double)counts.Sum(pair => pair.Value);
        // A little of its own for each, so that no two cuts are equally good.
        return [.. Special.Select(token => (token, double.NegativeInfinity)), .. counts.Select((pair, place) => (pair.Key, Math.Log(pair.Value / all) - place * 1e-7 * Math.PI))];

        static IEnumerable<string> Parts(string word)
        {
            for (var length = 1; length <= Math.Min(6, word.Length); length++)
                for (var start = 0; start + length <= word.Length; start += Math.Max(1, length / 2)) yield return word.Substring(start, length);
            if (word.Length > 6) yield return word;
        }
    }

    private static byte[] Map(params (string From, string To)[] entries)
    {
        var texts = new List<byte>();
        var keys = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (from, to) in entries)
        {
            keys[Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(from))] = texts.Count;
            texts.AddRange([.. Encoding.UTF8.GetBytes(to), 0]);
        }
        // Node k has its children from the place 256 (k + 1) on: offsets are xored, and such places have no bits below 256.
        var nodes = keys.Keys.SelectMany(key => Enumerable.Range(0, key.Length + 1).Select(length => key[..length])).Distinct().Order(StringComparer.Ordinal).ToList();
        var trie = new uint[256 * (nodes.Count + 1)];
        for (var node = 0; node < nodes.Count; node++)
        {
            var (name, own) = (nodes[node], (uint)(256 * (node + 1)));
            var place = name.Length == 0 ? 0u : (uint)(256 * (nodes.IndexOf(name[..^1]) + 1)) + name[^1];
            var isKey = keys.TryGetValue(name, out var text);
            trie[place] = (own ^ place) << 10 | (isKey ? 1u << 8 : 0) | (name.Length == 0 ? 0u : name[^1]);
            if (isKey) trie[own] = (uint)text | 1u << 31;
        }
        return [.. BitConverter.GetBytes(trie.Length * 4), .. trie.SelectMany(BitConverter.GetBytes), .. texts];
    }
}
