using System.Text;

namespace W2S.Data.Tests;

public sealed class ByteLevelBpeTokenizerTests
{
    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ids_are_those_of_the_definition_for_real_and_for_odd_texts(bool prefix)
    {
        List<string> texts = [.. TokenizerReference.Real(500), .. TokenizerReference.Odd.Where(text => !text.Contains('\ud800'))];
        var (vocabulary, merges) = Trained(texts);
        var tokenizer = new ByteLevelBpeTokenizer(vocabulary, merges, Special, prefix);

        var expected = TokenizerReference.Ids(new { kind = "bpe", vocabulary, merges, prefix, special = Special, texts });

        for (var i = 0; i < texts.Count; i++)
            Assert.True(expected[i].SequenceEqual(tokenizer.EncodeToIds(texts[i])), $"'{texts[i][..Math.Min(80, texts[i].Length)]}': {string.Join(' ', tokenizer.EncodeToIds(texts[i]).Take(40))} where the definition gives {string.Join(' ', expected[i].Take(40))}");
        Assert.True(expected.Sum(ids => ids.Length) < texts.Sum(text => Encoding.UTF8.GetByteCount(text)) * 0.7, "the merges join little");
    }

    [SkippableFact]
    public void Every_text_comes_back_to_the_character()
    {
        List<string> texts = [.. TokenizerReference.Real(100), .. TokenizerReference.Odd.Where(text => !text.Contains('\ud800'))];
        var (vocabulary, merges) = Trained(texts);
        var tokenizer = new ByteLevelBpeTokenizer(vocabulary, merges, Special, addsPrefixSpace: false);
        foreach (var text in texts) Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)));
    }

    /// <summary>Merges of the most frequent pairs within words, some: how they were found decides nothing here.</summary>
    private static (Dictionary<string, int> Vocabulary, List<string> Merges) Trained(List<string> texts)
    {
        var plain = new ByteLevelBpeTokenizer(Bytes(), [], [], addsPrefixSpace: false);
        var names = Bytes().ToDictionary(pair => pair.Value, pair => pair.Key);
        var words = texts.Take(40).SelectMany(text => text.Split(' ')).Where(word => word.Length < 30).Select(word => " " + word).CountBy(word => word)
            .Select(pair => (Parts: plain.EncodeToIds(pair.Key).Select(id => names[id]).ToList(), pair.Value)).ToList();
        var merges = new List<string>();
        for (var round = 0; round < 150; round++)
        {
            var best = words.SelectMany(word => word.Parts.Zip(word.Parts.Skip(1)).Select(pair => (pair, word.Value))).GroupBy(one => one.pair, one => one.Value)
                .Select(group => (group.Key, Count: group.Sum())).OrderByDescending(one => one.Count).ThenBy(one => one.Key.First + " " + one.Key.Second, StringComparer.Ordinal).First().Key;
            merges.Add($"{best.First} {best.Second}");
            foreach (var (parts, _) in words)
                for (var i = 0; i + 1 < parts.Count; i++)
                    if (parts[i] == best.First && parts[i + 1] == best.Second)
                    {
                        parts[i] += parts[i + 1];
                        parts.RemoveAt(i + 1);
                    }
        }
        var vocabulary = Special.Concat(Bytes().Keys).Concat(merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))).Distinct().Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        return (vocabulary, merges);
    }

    // The letters that GPT-2 writes the 256 bytes as.
    private static Dictionary<string, int> Bytes()
    {
        var visible = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0xFF - 0xAE + 1)).ToHashSet();
        var next = 256;
        return Enumerable.Range(0, 256).ToDictionary(value => ((char)(visible.Contains(value) ? value : next++)).ToString());
    }
}
