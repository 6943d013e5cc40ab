using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

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
public sealed class WordPieceTokenizer : Tokenizer
{
    public const string Continuation = "##";

    private const int LongestWord = 100;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _find;
    private readonly IReadOnlyList<string> _vocabulary;
    private readonly BertWordOptions _options;
    private readonly KeyValuePair<string, int>[] _special;
    private readonly int _unknown, _longestPiece;

    /// <param name="vocabulary">Tokens in the order of their ids; of two that are alike the last counts.</param>
    /// <param name="special">Tokens that are found in a text as they stand, whatever the options say.</param>
    /// <exception cref="UserErrorException">The vocabulary lacks the token for unknown words.</exception>
    public WordPieceTokenizer(IReadOnlyList<string> vocabulary, BertWordOptions options, IEnumerable<string> special, string unknown = "[UNK]")
    {
        (_vocabulary, _options) = (vocabulary, options);
        for (var id = 0; id < vocabulary.Count; id++) _ids[vocabulary[id]] = id;
        _find = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _special = [.. special.Where(_ids.ContainsKey).Distinct().Select(token => KeyValuePair.Create(token, _ids[token]))];
        if (!_ids.TryGetValue(unknown, out _unknown)) throw new UserErrorException($"The vocabulary has no token {unknown} for words that it lacks.");
        _longestPiece = vocabulary.Max(token => token.Length);
    }

    public IReadOnlyList<string> Vocabulary => _vocabulary;

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var tokens = new List<EncodedToken>();
        var normalized = Encode(text is null ? textSpan : text, settings.MaxTokenCount, (id, start, end) => tokens.Add(new EncodedToken(id, _vocabulary[id], new Range(start, end))));
        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = tokens.Count == 0 ? 0 : tokens[^1].Offset.End.Value };
    }

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (ids, consumed) = (new List<int>(), 0);
        var normalized = Encode(text is null ? textSpan : text, settings.MaxTokenCount, (id, _, end) =>
        {
            ids.Add(id);
            consumed = end;
        });
        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalized, CharsConsumed = consumed };
    }

    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) => EncodeToIds(text, textSpan, settings).Tokens.Count;

    protected override int GetIndexByTokenCount(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        var limit = settings.MaxTokenCount;
        if (fromEnd) settings.MaxTokenCount = int.MaxValue;
        var encoded = EncodeToTokens(text, textSpan, settings);
        (normalizedText, tokenCount) = (encoded.NormalizedText, Math.Min(limit, encoded.Tokens.Count));
        if (tokenCount == 0) return fromEnd ? normalizedText!.Length : 0;
        return fromEnd ? encoded.Tokens[^tokenCount].Offset.Start.Value : encoded.Tokens[tokenCount - 1].Offset.End.Value;
    }

    /// <summary>Pieces joined to words, words with blanks between: the text as BERT sees it, not as it was.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_vocabulary.Count) throw new ArgumentException($"There is no id {id}; ids are 0 to {_vocabulary.Count - 1}.");
            var token = _vocabulary[id];
            if (token.StartsWith(Continuation, StringComparison.Ordinal) && text.Length > 0) text.Append(token, Continuation.Length, token.Length - Continuation.Length);
            else text.Append(text.Length > 0 ? " " : "").Append(token);
        }
        return text.ToString();
    }

    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        var all = ids.ToList();
        var text = Decode(all);
        (idsConsumed, charsWritten) = (0, 0);
        if (!text.TryCopyTo(destination)) return OperationStatus.DestinationTooSmall;
        (idsConsumed, charsWritten) = (all.Count, text.Length);
        return OperationStatus.Done;
    }

    /// <returns>The normalised text, special tokens as they were.</returns>
    private string Encode(ReadOnlySpan<char> text, int limit, Action<int, int, int> add)
    {
        var (whole, words, count) = (new StringBuilder(), new List<(int Start, int End)>(), 0);
        while (text.Length > 0 && count < limit)
        {
            var (at, special) = NextSpecial(text);
            words.Clear();
            var normalized = BertWords.Split(text[..at], _options, words);
            foreach (var (start, end) in words)
            {
                if (count >= limit) break;
                count += Cut(normalized.AsSpan(start, end - start), whole.Length + start, limit - count, add);
            }
            whole.Append(normalized);
            if (special.Key == null) break;
            if (count++ < limit) add(special.Value, whole.Length, whole.Length + special.Key.Length);
            whole.Append(special.Key);
            text = text[(at + special.Key.Length)..];
        }
        return whole.ToString();
    }

    private (int At, KeyValuePair<string, int> Special) NextSpecial(ReadOnlySpan<char> text)
    {
        var (first, found) = (text.Length, default(KeyValuePair<string, int>));
        foreach (var special in _special)
        {
            var at = text.IndexOf(special.Key, StringComparison.Ordinal);
            if (at >= 0 && (at < first || (at == first && special.Key.Length > found.Key.Length))) (first, found) = (at, special);
        }
        return (first, found);
    }

    /// <returns>How many pieces the word has, at most <paramref name="limit"/> of which were added.</returns>
    private int Cut(ReadOnlySpan<char> word, int offset, int limit, Action<int, int, int> add)
    {
        Span<(int Id, int End)> pieces = stackalloc (int, int)[LongestWord];
        Span<char> piece = stackalloc char[2 * LongestWord + Continuation.Length];
        Continuation.CopyTo(piece);
        var (count, start) = (0, 0);
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
                    candidate.CopyTo(piece[Continuation.Length..]);
                    candidate = piece[..(Continuation.Length + end - start)];
                }
                if (!_find.TryGetValue(candidate, out var id)) continue;
                (pieces[count++], start, isKnown) = ((id, end), end, true);
                break;
            }
        }
        if (!isKnown)
        {
            add(_unknown, offset, offset + word.Length);
            return 1;
        }
        for (var i = 0; i < Math.Min(count, limit); i++) add(pieces[i].Id, offset + (i == 0 ? 0 : pieces[i - 1].End), offset + pieces[i].End);
        return Math.Min(count, limit);
    }

    private static int CountRunes(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes()) count++;
        return count;
    }
}
