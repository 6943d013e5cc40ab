namespace W2S.Data.Tests;

public sealed class WordPieceTokenizerTests
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    [SkippableTheory]
    [InlineData(true, null, true)]
    [InlineData(false, null, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public void Ids_are_those_of_the_definition_for_real_and_for_odd_texts(bool lower, bool? strip, bool chinese)
    {
        List<string> texts = [.. TokenizerReference.Real(500), .. TokenizerReference.Odd.Where(text => !text.Contains('\ud800'))];
        var vocabulary = Vocabulary(texts);
        var tokenizer = new WordPieceTokenizer(vocabulary, new BertWordOptions(lower, strip, chinese), Special);

        var expected = TokenizerReference.Ids(new { kind = "wordpiece", vocabulary, lower, strip = strip ?? lower, chinese, special = Special, texts });

        for (var i = 0; i < texts.Count; i++)
            Assert.True(expected[i].SequenceEqual(tokenizer.EncodeToIds(texts[i])), $"'{texts[i][..Math.Min(80, texts[i].Length)]}': {string.Join(' ', tokenizer.EncodeToIds(texts[i]).Take(40))} where the definition gives {string.Join(' ', expected[i].Take(40))}");
        // The vocabulary is no toy: most words are known, and in pieces.
        var ids = expected.SelectMany(one => one).ToList();
        Assert.InRange(ids.Count(id => id == 1) / (double)ids.Count, 0, 0.05);
        Assert.InRange(ids.Count(id => vocabulary[id].StartsWith("##", StringComparison.Ordinal)) / (double)ids.Count, 0.05, 0.9);
    }

    [Fact]
    public void Tokens_count_and_limits_agree_with_ids()
    {
        string[] vocabulary = [.. Special, "un", "##aff", "##able", "!", "a"];
        var tokenizer = new WordPieceTokenizer(vocabulary, new BertWordOptions(), Special);
        const string text = "Unaffable! [MASK] a";
        Assert.Equal([5, 6, 7, 8, 4, 9], tokenizer.EncodeToIds(text));
        var tokens = tokenizer.EncodeToTokens(text, out var normalized);
        Assert.Equal(["un", "##aff", "##able", "!", "[MASK]", "a"], tokens.Select(token => token.Value));
        Assert.Equal(["un", "aff", "able", "!", "[MASK]", "a"], tokens.Select(token => normalized![token.Offset]));
        Assert.Equal(6, tokenizer.CountTokens(text));
        for (var limit = 1; limit <= 6; limit++)
        {
            Assert.Equal(tokenizer.EncodeToIds(text).Take(limit), tokenizer.EncodeToIds(text, limit, out _, out _));
            Assert.Equal(tokens[limit - 1].Offset.End.Value, tokenizer.GetIndexByTokenCount(text, limit, out _, out var count));
            Assert.Equal(limit, count);
        }
        Assert.Equal("unaffable ! [MASK] a", tokenizer.Decode([5, 6, 7, 8, 4, 9]));
    }

    [Fact]
    public void A_vocabulary_without_a_token_for_unknown_words_is_refused() =>
        Assert.Contains("no token [UNK]", Assert.Throws<UserErrorException>(() => new WordPieceTokenizer(["a"], new BertWordOptions(), [])).Message);

    /// <summary>Every letter alone and within words, common beginnings and common ends.</summary>
    private static string[] Vocabulary(List<string> texts)
    {
        var words = texts.SelectMany(text => text.Split([' ', ',', '.', '\n', '\'', '!'], StringSplitOptions.RemoveEmptyEntries)).Where(word => word.Length is > 1 and < 20)
            .SelectMany(word => (string[])[word, word.ToLowerInvariant()]).CountBy(word => word).Where(pair => pair.Value > 1).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Key).Take(4000).ToList();
        var letters = texts.Concat(texts.Select(text => text.ToLowerInvariant())).SelectMany(text => text).Where(letter => !char.IsSurrogate(letter) && !char.IsWhiteSpace(letter)).Distinct().Select(letter => letter.ToString())
            .Concat("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".Select(letter => letter.ToString()));
        return [.. Special.Concat(letters.SelectMany(letter => (string[])[letter, "##" + letter])).Concat(words).Concat(words.Where(word => word.Length > 4 && !word.Any(char.IsSurrogate)).Select(word => "##" + word[^3..])).Distinct()];
    }
}
