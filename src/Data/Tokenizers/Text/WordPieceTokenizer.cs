namespace W2S.Data;

/// <summary>
/// BERT's tokenizer: words (<see cref="BertWordOptions"/>) cut greedily into the longest pieces of a vocabulary, those within a
/// word written "##ing". No [CLS] or [SEP] is added. Special tokens that stand in a text count as themselves.
/// </summary>
/// <remarks>
/// Schuster and Nakajima (2012); Hugging Face's BertTokenizerFast is followed where others differ. Microsoft's own BertTokenizer
/// drops symbols and emoji, joins words at a tab and, without ICU, keeps accents, so that its ids are not the model's.
/// Offsets of tokens refer to the normalised text.
/// </remarks>
public sealed partial class WordPieceTokenizer : PieceTokenizer
{
    /// <summary>Before every piece of a word but its first.</summary>
    public const string Continuation = "##";

    private const int LongestWord = 100;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _find;
    private readonly IReadOnlyList<string> _vocabulary;
    private readonly BertWordOptions _options;
    private readonly SpecialTokens _special;
    private readonly int _unknown, _longestPiece;

    /// <param name="vocabulary">Tokens in the order of their ids; of two that are alike the last counts.</param>
    /// <param name="special">Tokens that are found in a text as they stand, whatever the options say.</param>
    /// <exception cref="UserErrorException">The vocabulary lacks the token for unknown words.</exception>
    public WordPieceTokenizer(
        IReadOnlyList<string> vocabulary, BertWordOptions options, IEnumerable<string> special, string unknown = "[UNK]")
    {
        (_vocabulary, _options) = (vocabulary, options);
        for (var id = 0; id < vocabulary.Count; id++) _ids[vocabulary[id]] = id;
        _find = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _special = new SpecialTokens(special, _ids);
        if (!_ids.TryGetValue(unknown, out _unknown))
            throw new UserErrorException($"The vocabulary has no token {unknown} for words that it lacks.");
        _longestPiece = vocabulary.Max(token => token.Length);
    }

    /// <summary>Tokens in the order of their ids.</summary>
    public IReadOnlyList<string> Vocabulary => _vocabulary;

    /// <summary>How text is made words before they are cut up.</summary>
    public BertWordOptions Options => _options;

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    protected override string TokenOf(int id) => _vocabulary[id];

    protected override (string Normalized, List<Piece> Pieces) Cut(string text)
    {
        var (normalized, pieces, words) = (new StringBuilder(text.Length), new List<Piece>(), new List<(int Start, int End)>());
        foreach (var (id, start, end) in _special.Parts(text))
        {
            var offset = normalized.Length;
            if (id >= 0)
            {
                pieces.Add(new Piece(id, offset, offset + end - start));
                normalized.Append(text, start, end - start);
                continue;
            }
            words.Clear();
            var part = _options.Split(text.AsSpan(start, end - start), words);
            foreach (var word in words) Cut(part.AsSpan(word.Start, word.End - word.Start), offset + word.Start, pieces);
            normalized.Append(part);
        }
        return (normalized.ToString(), pieces);
    }

    /// <summary>Pieces joined to words, words with blanks between: the text as BERT sees it, not as it was.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_vocabulary.Count)
                throw new ArgumentException($"There is no id {id}; ids are 0 to {_vocabulary.Count - 1}.");
            var token = _vocabulary[id];
            if (text.Length > 0 && token.StartsWith(Continuation, StringComparison.Ordinal)) text.Append(token.AsSpan(Continuation.Length));
            else text.Append(text.Length > 0 ? " " : "").Append(token);
        }
        return text.ToString();
    }

    /// <summary>The longest piece from the left, again and again; the whole word is unknown where there is none.</summary>
    private void Cut(ReadOnlySpan<char> word, int offset, List<Piece> pieces)
    {
        Span<char> continued = stackalloc char[2 * LongestWord + Continuation.Length];
        Continuation.CopyTo(continued);
        var (first, start) = (pieces.Count, 0);
        var isKnown = CountRunes(word) <= LongestWord;
        while (isKnown && start < word.Length)
        {
            isKnown = false;
            for (var end = Math.Min(word.Length, start + _longestPiece); end > start; end--)
            {
                if (end < word.Length && char.IsLowSurrogate(word[end])) continue;
                scoped var candidate = word[start..end];
                if (start > 0)
                {
                    candidate.CopyTo(continued[Continuation.Length..]);
                    candidate = continued[..(Continuation.Length + end - start)];
                }
                if (!_find.TryGetValue(candidate, out var id)) continue;
                pieces.Add(new Piece(id, offset + start, offset + end));
                (start, isKnown) = (end, true);
                break;
            }
        }
        if (isKnown) return;
        pieces.RemoveRange(first, pieces.Count - first);
        pieces.Add(new Piece(_unknown, offset, offset + word.Length));
    }

    private static int CountRunes(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes()) count++;
        return count;
    }
}
