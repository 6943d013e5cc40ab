using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace W2S.Data;

/// <summary>
/// GPT-2's and RoBERTa's tokenizer: text is cut into words with the blank before them, each word's UTF-8 bytes are written as
/// one visible character a byte, and pairs are joined in the order in which training joined them. Every text has ids.
/// </summary>
/// <remarks>Radford et al. (2019); Sennrich et al. (2016). Special tokens that stand in a text count as themselves.</remarks>
public sealed partial class ByteLevelBpeTokenizer : PieceTokenizer
{
    private const int MostKept = 100_000;

    private static readonly char[] Letters = VisibleLetters();

    private readonly IReadOnlyDictionary<string, int> _ids;
    private readonly Dictionary<int, string> _tokens;

    // Symbols are numbered, so that a word of ten thousand letters takes no second.
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly List<int> _idOfSymbol = [];
    private readonly Dictionary<(int, int), (int Rank, int Joined)> _merges = [];
    private readonly SpecialTokens _special;
    private readonly bool _addsPrefixSpace;
    private readonly ConcurrentDictionary<string, int[]> _known = new(StringComparer.Ordinal);

    /// <param name="merges">"a b": pairs that are joined, the first before all others.</param>
    /// <param name="special">Tokens that are found in a text as they stand.</param>
    /// <param name="addsPrefixSpace">Whether a text's first word is written as if a blank were before it.</param>
    /// <exception cref="UserErrorException">A merge is no pair.</exception>
    public ByteLevelBpeTokenizer(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<string> merges, IEnumerable<string> special, bool addsPrefixSpace)
    {
        (_ids, _addsPrefixSpace) = (vocabulary, addsPrefixSpace);
        _tokens = vocabulary.DistinctBy(pair => pair.Value).ToDictionary(pair => pair.Value, pair => pair.Key);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var pair = merges[rank].Split(' ');
            if (pair.Length != 2) throw new UserErrorException($"The merge '{merges[rank]}' of a byte-level BPE is no pair.");
            _merges.TryAdd((Symbol(pair[0]), Symbol(pair[1])), (rank, Symbol(pair[0] + pair[1])));
        }
        foreach (var letter in Letters) Symbol(letter.ToString());
        _special = new SpecialTokens(special, vocabulary);
    }

    protected override string TokenOf(int id) => _tokens[id];

    /// <summary>The text again, to the character, where no special tokens were added.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (!_tokens.TryGetValue(id, out var token)) throw new ArgumentException($"There is no id {id}.");
            foreach (var letter in token)
            {
                var value = Array.IndexOf(Letters, letter);
                if (value >= 0) bytes.Add((byte)value);
                else bytes.AddRange(Encoding.UTF8.GetBytes([letter]));
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>A token's place is that of its word.</summary>
    protected override (string Normalized, List<Piece> Pieces) Cut(string text)
    {
        var pieces = new List<Piece>();
        foreach (var (special, start, end) in _special.Parts(text))
        {
            if (special >= 0)
            {
                pieces.Add(new Piece(special, start, end));
                continue;
            }
            var shift = _addsPrefixSpace && !char.IsWhiteSpace(text[start]) ? 1 : 0;
            foreach (Match word in Words().Matches(shift == 1 ? " " + text[start..end] : text[start..end]))
            {
                var at = start + word.Index - shift;
                foreach (var id in Pieces(word.Value)) pieces.Add(new Piece(id, Math.Max(start, at), at + word.Length));
            }
        }
        return (text, pieces);
    }

    private int[] Pieces(string word)
    {
        if (_known.TryGetValue(word, out var known)) return known;
        var parts = Encoding.UTF8.GetBytes(word).Select(value => _symbols[Letters[value].ToString()]).ToArray();
        var count = parts.Length;
        while (true)
        {
            var (best, first) = ((Rank: int.MaxValue, Joined: -1), -1);
            for (var i = 0; i + 1 < count; i++)
                if (_merges.TryGetValue((parts[i], parts[i + 1]), out var merge) && merge.Rank < best.Rank) (best, first) = (merge, i);
            if (first < 0) break;
            // Every such pair, from the left.
            var (one, two, to) = (parts[first], parts[first + 1], first);
            for (var from = first; from < count; from++)
                parts[to++] = from + 1 < count && parts[from] == one && parts[from + 1] == two && from++ >= 0 ? best.Joined : parts[from];
            count = to;
        }
        // A byte that the vocabulary lacks is left out, as Hugging Face's BPE without an unknown token leaves it.
        int[] ids = [.. parts.Take(count).Select(symbol => _idOfSymbol[symbol]).Where(id => id >= 0)];
        if (_known.Count < MostKept) _known.TryAdd(word, ids);
        return ids;
    }

    private int Symbol(string text)
    {
        if (_symbols.TryGetValue(text, out var known)) return known;
        _idOfSymbol.Add(_ids.TryGetValue(text, out var id) ? id : -1);
        return _symbols[text] = _symbols.Count;
    }

    /// <summary>Bytes that are visible in Latin-1 stand for themselves, the others for the characters from U+0100 on.</summary>
    private static char[] VisibleLetters()
    {
        var (letters, next) = (new char[256], (char)256);
        for (var value = 0; value < 256; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        return letters;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
