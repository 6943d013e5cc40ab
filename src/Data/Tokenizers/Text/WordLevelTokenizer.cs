namespace W2S.Data;

/// <summary>
/// Hugging Face's WordLevel: a text is cut into words, each of which is an id or unknown as a whole. No [CLS] or [SEP] is added.
/// </summary>
/// <param name="splitsPunctuation">Whether runs of punctuation are words of their own (Whitespace), or blanks alone part words
/// (WhitespaceSplit).</param>
/// <param name="special">Tokens that are found in a text as they stand.</param>
internal sealed class WordLevelTokenizer(
    IReadOnlyDictionary<string, int> vocabulary, int unknown, bool lowerCase, bool splitsPunctuation,
    IEnumerable<string> special) : PieceTokenizer
{
    // Where two words have one id, either may stand for it.
    private readonly Dictionary<int, string> _tokens = vocabulary.DistinctBy(pair => pair.Value)
        .ToDictionary(pair => pair.Value, pair => pair.Key);
    private readonly SpecialTokens _special = new(special, vocabulary);

    private enum Kind
    {
        Blank,
        Word,
        Other,
    }

    protected override string TokenOf(int id) => _tokens[id];

    protected override (string Normalized, List<Piece> Pieces) Cut(string text)
    {
        var (normalized, pieces) = (new StringBuilder(text.Length), new List<Piece>());
        foreach (var (id, start, end) in _special.Parts(text))
        {
            var offset = normalized.Length;
            if (id >= 0)
            {
                normalized.Append(text, start, end - start);
                pieces.Add(new Piece(id, offset, normalized.Length));
                continue;
            }
            foreach (var character in text.AsSpan(start, end - start).EnumerateRunes())
                normalized.Append(lowerCase ? Rune.ToLowerInvariant(character) : character);
            CutWords(normalized.ToString(offset, normalized.Length - offset), offset, pieces);
        }
        return (normalized.ToString(), pieces);
    }

    /// <summary>Words with blanks between.</summary>
    public override string Decode(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => _tokens.TryGetValue(id, out var token)
        ? token : throw new ArgumentException($"There is no id {id}.")));

    private void CutWords(string text, int offset, List<Piece> pieces)
    {
        var (begin, place, before) = (0, 0, Kind.Blank);
        foreach (var character in text.EnumerateRunes())
        {
            var kind = KindOf(character);
            if (kind != before)
            {
                Take();
                (begin, before) = (place, kind);
            }
            place += character.Utf16SequenceLength;
        }
        Take();

        void Take()
        {
            if (before != Kind.Blank)
                pieces.Add(new Piece(vocabulary.GetValueOrDefault(text[begin..place], unknown), offset + begin, offset + place));
        }
    }

    /// <summary>What its regular expression \w+|[^\w\s]+ tells apart.</summary>
    private Kind KindOf(Rune character) => Rune.IsWhiteSpace(character) ? Kind.Blank
        : !splitsPunctuation || Rune.IsLetter(character) || character.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(character)
            is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark ? Kind.Word
        : Kind.Other;
}
