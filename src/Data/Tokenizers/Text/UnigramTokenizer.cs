using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace W2S.Data;

/// <summary>
/// SentencePiece's unigram tokenizer, that of CamemBERT and XLM-R: of all ways to cut a text into pieces, the one whose scores
/// (log probabilities) add up to the most. Blanks are written ▁, one before every word.
/// </summary>
/// <remarks>Kudo (2018). What no piece covers is unknown, at 10 less than the least score; unknowns in a row are one.</remarks>
public sealed class UnigramTokenizer : Tokenizer
{
    private const char Blank = '▁';
    private const double UnknownPenalty = 10;

    private readonly IReadOnlyList<(string Piece, double Score)> _pieces;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _find;
    private readonly CharactersMap? _map;
    private readonly Regex? _special;
    private readonly int _unknown, _longest;
    private readonly double _unknownScore;

    /// <param name="pieces">In the order of ids; those with the score −∞ are in no text.</param>
    /// <param name="map">The model's precompiled map of characters; null: characters stay as they are.</param>
    /// <param name="special">Tokens that are found in a text as they stand.</param>
    /// <exception cref="UserErrorException">There is no piece with a score, or the map is damaged.</exception>
    public UnigramTokenizer(IReadOnlyList<(string Piece, double Score)> pieces, int unknown, byte[]? map, IEnumerable<string> special)
    {
        (_pieces, _unknown, _map) = (pieces, unknown, map is { Length: > 0 } ? new CharactersMap(map) : null);
        for (var id = 0; id < pieces.Count; id++) _ids.TryAdd(pieces[id].Piece, id);
        _find = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var scored = pieces.Where((piece, id) => id != unknown && double.IsFinite(piece.Score)).ToList();
        if (scored.Count == 0) throw new UserErrorException("A unigram tokenizer has no piece with a score.");
        (_longest, _unknownScore) = (scored.Max(piece => piece.Piece.Length), scored.Min(piece => piece.Score) - UnknownPenalty);
        var known = special.Where(_ids.ContainsKey).OrderByDescending(token => token.Length).ToList();
        if (known.Count > 0) _special = new Regex(string.Join('|', known.Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (normalized, tokens) = Encode(text ?? textSpan.ToString());
        var kept = tokens.Take(settings.MaxTokenCount).Select(token => new EncodedToken(token.Id, _pieces[token.Id].Piece, new Range(token.Start, token.End))).ToList();
        return new EncodeResults<EncodedToken> { Tokens = kept, NormalizedText = normalized, CharsConsumed = kept.Count == 0 ? 0 : kept[^1].Offset.End.Value };
    }

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (normalized, tokens) = Encode(text ?? textSpan.ToString());
        var kept = tokens.Take(settings.MaxTokenCount).ToList();
        return new EncodeResults<int> { Tokens = [.. kept.Select(token => token.Id)], NormalizedText = normalized, CharsConsumed = kept.Count == 0 ? 0 : kept[^1].End };
    }

    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) => EncodeToIds(text, textSpan, settings).Tokens.Count;

    protected override int GetIndexByTokenCount(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        (normalizedText, var tokens) = Encode(text ?? textSpan.ToString());
        tokenCount = Math.Min(settings.MaxTokenCount, tokens.Count);
        if (tokenCount == 0) return fromEnd ? normalizedText.Length : 0;
        return fromEnd ? tokens[^tokenCount].Start : tokens[tokenCount - 1].End;
    }

    /// <summary>The pieces' text with ▁ as blanks, none before the first word.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_pieces.Count) throw new ArgumentException($"There is no id {id}; ids are 0 to {_pieces.Count - 1}.");
            text.Append(_pieces[id].Piece);
        }
        return text.Replace(Blank, ' ').ToString().TrimStart(' ');
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

    private (string Normalized, List<(int Id, int Start, int End)> Tokens) Encode(string text)
    {
        var (normalized, tokens, at) = (new StringBuilder(), new List<(int, int, int)>(), 0);
        while (at < text.Length)
        {
            var special = _special?.Match(text, at);
            var end = special?.Success == true ? special.Index : text.Length;
            var part = Normalize(text[at..end]);
            Cut(part, normalized.Length, tokens);
            normalized.Append(part);
            if (special?.Success != true) break;
            tokens.Add((_ids[special.Value], normalized.Length, normalized.Length + special.Length));
            normalized.Append(special.Value);
            at = special.Index + special.Length;
        }
        return (normalized.ToString(), tokens);
    }

    /// <summary>▁ before every word, and no other blanks.</summary>
    private string Normalize(string text)
    {
        var (result, startsWord) = (new StringBuilder(text.Length + 1), true);
        foreach (var character in (_map?.Apply(text) ?? text).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(character))
            {
                startsWord = true;
                continue;
            }
            if (startsWord) result.Append(Blank);
            startsWord = false;
            result.Append(character);
        }
        return result.ToString();
    }

    /// <summary>Viterbi's way: for every place the best cut that ends there.</summary>
    private void Cut(string text, int offset, List<(int Id, int Start, int End)> tokens)
    {
        if (text.Length == 0) return;
        var best = new (double Score, int From, int Id)[text.Length + 1];
        Array.Fill(best, (double.NegativeInfinity, -1, -1), 1, text.Length);
        for (var from = 0; from < text.Length; from++)
        {
            if (double.IsNegativeInfinity(best[from].Score) || char.IsLowSurrogate(text[from])) continue;
            var single = from + (char.IsHighSurrogate(text[from]) ? 2 : 1);
            var coversSingle = false;
            for (var to = single; to <= Math.Min(text.Length, from + _longest); to++)
            {
                if (!_find.TryGetValue(text.AsSpan(from, to - from), out var id) || id == _unknown || !double.IsFinite(_pieces[id].Score)) continue;
                coversSingle |= to == single;
                Offer(to, _pieces[id].Score, id);
            }
            if (!coversSingle) Offer(single, _unknownScore, _unknown);

            void Offer(int to, double score, int id)
            {
                if (best[from].Score + score > best[to].Score) best[to] = (best[from].Score + score, from, id);
            }
        }
        var first = tokens.Count;
        for (var to = text.Length; to > 0; to = best[to].From)
        {
            if (best[to].Id == _unknown && tokens.Count > first && tokens[^1].Id == _unknown) tokens[^1] = tokens[^1] with { Start = offset + best[to].From };
            else tokens.Add((best[to].Id, offset + best[to].From, offset + to));
        }
        tokens.Reverse(first, tokens.Count - first);
    }
}
