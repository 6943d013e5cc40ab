namespace W2S.Data;

/// <summary>How a BERT tokenizer treats text before it looks for pieces; the names are Hugging Face's.</summary>
/// <param name="StripAccents">Null: as <paramref name="LowerCase"/> says.</param>
public sealed record BertWordOptions(
    bool LowerCase = true, bool? StripAccents = null, bool SplitChineseCharacters = true, bool CleanText = true)
{
    /// <summary>
    /// Text to the words that WordPiece cuts up, as Hugging Face's BertNormalizer and BertPreTokenizer do it: control characters
    /// go, Chinese characters stand alone, accents and capitals go if asked, and every mark of punctuation is a word.
    /// </summary>
    /// <param name="words">[start, end) of each word in what is returned: the normalised text.</param>
    internal string Split(ReadOnlySpan<char> text, List<(int Start, int End)> words)
    {
        var normalized = Normalize(text);
        var start = -1;
        var position = 0;
        foreach (var character in normalized.EnumerateRunes())
        {
            var isSpace = Rune.IsWhiteSpace(character);
            if (isSpace || IsPunctuation(character))
            {
                if (start >= 0) words.Add((start, position));
                start = -1;
                if (!isSpace) words.Add((position, position + character.Utf16SequenceLength));
            }
            else if (start < 0)
            {
                start = position;
            }
            position += character.Utf16SequenceLength;
        }
        if (start >= 0) words.Add((start, position));
        return normalized;
    }

    private string Normalize(ReadOnlySpan<char> text)
    {
        var (stripsAccents, result) = (StripAccents ?? LowerCase, new StringBuilder(text.Length));
        // Half a surrogate pair comes out as U+FFFD, which is no character of any text.
        foreach (var character in text.EnumerateRunes())
        {
            if (CleanText && (character.Value is 0 or 0xFFFD || IsControl(character))) continue;
            if (CleanText && Rune.IsWhiteSpace(character))
            {
                result.Append(' ');
                continue;
            }
            var standsAlone = SplitChineseCharacters && IsChinese(character.Value);
            if (standsAlone) result.Append(' ');
            if (stripsAccents) CanonicalDecomposition.Append(character, withoutMarks: true, result);
            else result.Append(character);
            if (standsAlone) result.Append(' ');
        }
        return LowerCase ? Lower(result) : result.ToString();
    }

    // Character by character, as Hugging Face's fast tokenizers: a sigma at a word's end is one like any other.
    private static string Lower(StringBuilder text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (var character in text.ToString().EnumerateRunes())
        {
            // The one character that becomes two.
            if (character.Value == 'İ') lower.Append("i\u0307");
            else lower.Append(Rune.ToLowerInvariant(character));
        }
        return lower.ToString();
    }

    private static bool IsControl(Rune character) =>
        character.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(character)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;

    private static bool IsPunctuation(Rune character) => character.IsAscii
        ? character.Value is > 32 and < 127 && !char.IsAsciiLetterOrDigit((char)character.Value)
        : Rune.IsPunctuation(character);

    private static bool IsChinese(int character) => character
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
