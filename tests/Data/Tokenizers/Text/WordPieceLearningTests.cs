namespace W2S.Data.Tests;

public sealed class WordPieceLearningTests
{
    private static readonly BertWordOptions Lower = new();

    [Fact]
    public void Characters_come_first_and_the_most_frequent_pairs_after_them()
    {
        // The words of Hugging Face's course. ##u ##g stand together 20 times; of the rest ##u ##n 16 times, then h ##ug 15 times.
        string[] texts = [.. Repeated("hug", 10), .. Repeated("pug", 5), .. Repeated("pun", 12), .. Repeated("bun", 4), .. Repeated("hugs", 5)];
        string[] characters = ["b", "g", "h", "n", "p", "s", "u", "##g", "##n", "##s", "##u"];
        var vocabulary = WordPieceTokenizer.Learn(texts, Lower, 5 + characters.Length + 3);
        Assert.Equal([.. WordPieceTokenizer.Special, .. characters, "##ug", "##un", "hug"], vocabulary);
    }

    [SkippableTheory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, false)]
    public void Real_texts_give_what_counting_everything_anew_gives(bool lower, bool? strip)
    {
        var texts = TokenizerReference.Real(40);
        var options = new BertWordOptions(lower, strip);
        Assert.Equal(Recounted(texts, options, 400), WordPieceTokenizer.Learn(texts, options, 400));
    }

    [SkippableFact]
    public void The_order_of_the_texts_does_not_matter()
    {
        var texts = TokenizerReference.Real(200);
        Assert.Equal(WordPieceTokenizer.Learn(texts, Lower, 1500), WordPieceTokenizer.Learn(texts.AsEnumerable().Reverse(), Lower, 1500));
    }

    [SkippableFact]
    public void Its_own_texts_have_no_unknown_word_and_fewer_tokens_the_larger_it_is()
    {
        var texts = TokenizerReference.Real(200);
        long[] counts = [.. new[] { 300, 1000, 3000 }.Select(size =>
        {
            var vocabulary = WordPieceTokenizer.Learn(texts, Lower, size);
            Assert.Equal(vocabulary.Count, vocabulary.Distinct().Count());
            var tokenizer = new WordPieceTokenizer(vocabulary, Lower, WordPieceTokenizer.Special);
            var ids = texts.SelectMany(text => tokenizer.EncodeToIds(text)).ToList();
            Assert.DoesNotContain(1, ids);
            return (long)ids.Count;
        })];
        Assert.Equal(counts.OrderDescending(), counts);
    }

    [Fact]
    public void It_ends_where_no_pair_repeats() =>
        Assert.Equal([.. WordPieceTokenizer.Special, "a", "b", "c", "##b", "ab"], WordPieceTokenizer.Learn(["ab ab c"], Lower, 1000));

    [Fact]
    public void Too_small_a_vocabulary_and_texts_without_words_are_refused()
    {
        var small = Assert.Throws<UserErrorException>(() => WordPieceTokenizer.Learn(["abc"], Lower, 9));
        Assert.Contains("ask for 10 at least", small.Message);
        Assert.Throws<UserErrorException>(() => WordPieceTokenizer.Learn(["  ", ""], Lower, 100));
    }

    [Fact]
    public void Of_many_characters_the_frequent_ones_are_kept()
    {
        var letters = Enumerable.Range(0, 1100).Select(number => char.ConvertFromUtf32(0x4E00 + number)).ToList();
        var vocabulary = WordPieceTokenizer.Learn([string.Join(' ', letters.Concat(letters.Take(1000)))], Lower, 3000);
        Assert.Equal([.. WordPieceTokenizer.Special, .. letters.Take(1000)], vocabulary);
    }

    private static IEnumerable<string> Repeated(string text, int times) => Enumerable.Repeat(text, times);

    /// <summary>The definition, slowly: all pairs of all words are counted again before each merge.</summary>
    private static List<string> Recounted(IEnumerable<string> texts, BertWordOptions options, int size)
    {
        // A tokenizer that knows nothing gives each word as one unknown token.
        var cutter = new WordPieceTokenizer(["[UNK]"], options, []);
        var words = texts.SelectMany(text => cutter.EncodeToTokens(text, out var normalized).Select(word => normalized![word.Offset]))
            .CountBy(word => word).ToList();
        var letters = words.SelectMany(word => word.Key).Distinct().Order().ToList();
        var inner = words.SelectMany(word => word.Key.Skip(1)).ToHashSet();
        List<string> vocabulary =
            [.. WordPieceTokenizer.Special, .. letters.Select(letter => $"{letter}"), .. letters.Where(inner.Contains).Select(letter => $"##{letter}")];
        var cut = words.Select(word => (Pieces: word.Key.Select((letter, place) => place == 0 ? $"{letter}" : $"##{letter}").ToList(), word.Value)).ToList();
        while (vocabulary.Count < size)
        {
            var best = cut.SelectMany(word => word.Pieces.Zip(word.Pieces.Skip(1)).Select(pair => (pair, word.Value)))
                .GroupBy(one => one.pair).Select(group => (Pair: group.Key, Count: group.Sum(one => one.Value)))
                .OrderByDescending(one => one.Count).ThenBy(one => vocabulary.IndexOf(one.Pair.First)).ThenBy(one => vocabulary.IndexOf(one.Pair.Second))
                .First();
            var joined = best.Pair.First + best.Pair.Second[2..];
            if (!vocabulary.Contains(joined)) vocabulary.Add(joined);
            foreach (var (pieces, _) in cut)
                for (var place = 0; place + 1 < pieces.Count; place++)
                    if ((pieces[place], pieces[place + 1]) == best.Pair)
                    {
                        pieces[place] = joined;
                        pieces.RemoveAt(place + 1);
                    }
        }
        return vocabulary;
    }
}
