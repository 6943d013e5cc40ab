using System.Text.Json.Nodes;

namespace W2S.Data.Tests;

/// <summary>Tokenizers from the files that Hugging Face's folders have.</summary>
public sealed class TextTokenizerTests
{
    private const string Bert = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngood\nbad\n##ly\nG\ne\n##́\né\n";

    [Fact]
    public void A_vocabulary_alone_is_BERTs_in_lower_case_and_its_settings_say_otherwise()
    {
        using var folder = new TemporaryFolder();
        Write(folder, ("vocab.txt", Bert));
        Assert.Equal([2, 5, 7, 9, 3], TextTokenizer.Read(folder.Path("")).Encode("Goodly É", 20, out var truncated));
        Assert.Equal(0, truncated);
        Write(folder, ("tokenizer_config.json", """{"do_lower_case": false, "model_max_length": 384}"""));
        Assert.Equal([2, 1, 11, 3], TextTokenizer.Read(folder.Path("")).Encode("Good é", 20, out _));
        Assert.Equal(384, TextTokenizer.Read(folder.Path("")).MaximumLength);
        Write(folder, ("tokenizer_config.json", """{"strip_accents": false, "model_max_length": 1000000000000000019884624838656}"""));
        Assert.Equal([2, 5, 11, 3], TextTokenizer.Read(folder.Path("")).Encode("Good É", 20, out _));
        Assert.Null(TextTokenizer.Read(folder.Path("")).MaximumLength);
    }

    [Fact]
    public void Texts_that_are_too_long_lose_their_ends()
    {
        using var folder = new TemporaryFolder();
        Write(folder, ("vocab.txt", Bert));
        var tokenizer = TextTokenizer.Read(folder.Path(""));
        Assert.Equal([2, 5, 6, 3], tokenizer.Encode("good bad good bad", 4, out var left));
        Assert.Equal(2, left);
    }

    [Fact]
    public void Parts_are_the_whole_text_in_lengths_that_differ_by_one()
    {
        var tokenizer = TextTokenizer.OfWordPieces([.. WordPieceTokenizer.Special, "a", "b"], new BertWordOptions());
        var text = string.Join(' ', Enumerable.Range(0, 23).Select(word => word % 3 == 0 ? "a" : "b"));
        for (var length = 3; length < 30; length++)
        {
            var parts = tokenizer.EncodeParts(text, length);
            Assert.Equal((23 + length - 3) / (length - 2), parts.Count);
            Assert.All(parts, part => Assert.Equal((2, 3), (part[0], part[^1])));
            Assert.InRange(parts.Max(part => part.Length), parts.Min(part => part.Length), Math.Min(length, parts.Min(part => part.Length) + 1));
            Assert.Equal(tokenizer.Pieces.EncodeToIds(text), parts.SelectMany(part => part[1..^1]));
        }
        Assert.Equal([[2, 3]], tokenizer.EncodeParts(" ", 10));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(true, false)]
    [InlineData(false, null)]
    public void What_is_written_is_read_as_the_same_tokenizer(bool lower, bool? strip)
    {
        using var folder = new TemporaryFolder();
        var written = TextTokenizer.OfWordPieces([.. WordPieceTokenizer.Special, "é", "e", "E"], new BertWordOptions(lower, strip));
        written.Write(folder.Path(""), maximumLength: 77);
        var read = TextTokenizer.Read(folder.Path(""));
        Assert.Equal((written.Digest, written.Name, written.Tokens, 77), (read.Digest, read.Name, read.Tokens, read.MaximumLength));
        Assert.Equal(written.Encode("É e E", 9, out _), read.Encode("É e E", 9, out _));
    }

    [Fact]
    public void MPNets_vocabulary_has_RoBERTas_layout()
    {
        using var folder = new TemporaryFolder();
        Write(folder, ("vocab.txt", "<s>\n<pad>\n</s>\n<unk>\ngood\nbad\n[UNK]\n<mask>\n"));
        var tokenizer = TextTokenizer.Read(folder.Path(""));
        Assert.Equal([0, 4, 6, 2], tokenizer.Encode("good wicked", 20, out _));
    }

    [Fact]
    public void The_whole_tokenizer_in_one_file_is_that_of_the_parts()
    {
        using var folder = new TemporaryFolder();
        Write(folder, ("vocab.txt", Bert));
        var parts = TextTokenizer.Read(folder.Path(""));
        var vocabulary = new JsonObject(Bert.TrimEnd('\n').Split('\n').Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
        File.Delete(folder.Path("vocab.txt"));
        Write(folder, ("tokenizer.json", new JsonObject
        {
            ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = true },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["model"] = new JsonObject { ["type"] = "WordPiece", ["unk_token"] = "[UNK]", ["continuing_subword_prefix"] = "##", ["vocab"] = vocabulary },
        }.ToJsonString()));
        var whole = TextTokenizer.Read(folder.Path(""));
        Assert.Equal(parts.Digest, whole.Digest);
        Assert.Equal(parts.Encode("Goodly É!", 20, out _), whole.Encode("Goodly É!", 20, out _));
    }

    [Theory]
    [InlineData("Whitespace", "null", "Cats, cats!", new[] { 2, 4, 6, 5, 1, 3 })]
    [InlineData("Whitespace", """{"type": "Lowercase"}""", "Cats, cats!", new[] { 2, 5, 6, 5, 1, 3 })]
    [InlineData("WhitespaceSplit", "null", "Cats, cats [MASK] Cats", new[] { 2, 1, 5, 7, 4, 3 })]
    [InlineData("Whitespace", "null", "l\u00e9a_1\u0301 \ud83d\ude00\ud83d\ude00 ...", new[] { 2, 8, 9, 10, 3 })]
    public void Whole_words_are_cut_as_the_folder_says(string cut, string normalizer, string text, int[] ids)
    {
        using var folder = new TemporaryFolder();
        Write(folder, ("tokenizer.json", $$"""
            {"normalizer": {{normalizer}}, "pre_tokenizer": {"type": "{{cut}}"}, "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab":
            {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "Cats": 4, "cats": 5, ",": 6, "[MASK]": 7, "l\u00e9a_1\u0301": 8, "\ud83d\ude00\ud83d\ude00": 9, "...": 10}
            }
            }
            """));
        Assert.Equal(ids, TextTokenizer.Read(folder.Path("")).Encode(text, 20, out _));
    }

    [Fact]
    public void Two_words_may_have_one_id()
    {
        using var folder = new TemporaryFolder();
        Write(folder, ("tokenizer.json", """
            {"pre_tokenizer": {"type": "Whitespace"}, "model": {"type": "WordLevel", "unk_token": "[UNK]",
            "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "colour": 4, "color": 4}}}
            """));
        Assert.Equal([2, 4, 4, 1, 3], TextTokenizer.Read(folder.Path("")).Encode("color colour hue", 20, out _));
    }

    [Fact]
    public void Byte_pairs_come_in_two_files_or_in_one()
    {
        using var folder = new TemporaryFolder();
        const string vocabulary = """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "Ġ": 6, "ab": 7, "Ġab": 8, "<mask>": 9}""";
        Write(folder, ("vocab.json", vocabulary), ("merges.txt", "#version: 0.2\na b\nĠ ab\n"));
        var parts = TextTokenizer.Read(folder.Path(""));
        Assert.Equal([0, 7, 8, 4, 9, 2], parts.Encode("ab aba<mask>", 20, out _));
        File.Delete(folder.Path("vocab.json"));
        foreach (var merges in (string[])["""["a b", "Ġ ab"]""", """[["a", "b"], ["Ġ", "ab"]]"""])
        {
            Write(folder, ("tokenizer.json", $$"""{"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "model": {"type": "BPE", "vocab": {{vocabulary}}, "merges": {{merges}} } }"""));
            Assert.Equal(parts.Digest, TextTokenizer.Read(folder.Path("")).Digest);
        }
    }

    [Fact]
    public void A_SentencePiece_model_has_the_ids_of_its_family()
    {
        using var folder = new TemporaryFolder();
        (string, float, int)[] pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("▁", -3, 1), ("▁a", -2, 1), ("b", -2.5f, 1), ("ab", -2, 1), ("▁ab", -3.9f, 1), ("<s>x", -1, 5)];
        folder.Write("sentencepiece.bpe.model", SentencePieceModel(pieces));
        folder.Write("config.json", """{"model_type": "camembert"}""");
        var camembert = TextTokenizer.Read(folder.Path(""));
        // A piece's number and four; <s>NOTUSED, <pad>, </s>NOTUSED and <unk> come first, <mask> last.
        Assert.Equal([5, 11, 8, 3, 12 + 1, 8, 6], camembert.Encode(" ab  azzz<mask>a", 20, out _));
        folder.Write("config.json", """{"model_type": "xlm-roberta"}""");
        Assert.Equal([0, 8, 5, 3, 9 + 1, 5, 2], TextTokenizer.Read(folder.Path("")).Encode("ab azzz<mask>a", 20, out _));
        Assert.Equal("ab a", camembert.Pieces.Decode([11, 8]));
    }

    [Theory]
    [InlineData("vocab.txt", "good\nbad\n", "no token [UNK]")]
    [InlineData("vocab.txt", "[UNK]\n[CLS]\n", "lacks [SEP], its sep_token")]
    [InlineData("vocab.txt", "version https://git-lfs.github.com/spec/v1\noid", "vocab.txt is a pointer of Git LFS")]
    [InlineData("tokenizer.json", """{"model": {"type": "Suffixes", "vocab": {}}}""", "model.type is \"Suffixes\"")]
    [InlineData("tokenizer.json", """{"pre_tokenizer": {"type": "Metaspace"}, "model": {"type": "WordLevel", "vocab": {"a": 0}}}""", "pre_tokenizer.type is \"Metaspace\"")]
    [InlineData("tokenizer.json", """{"pre_tokenizer": {"type": "Whitespace"}, "model": {"type": "WordLevel", "vocab": {"a": 0}}}""", "lacks <s>, its cls_token")]
    [InlineData("tokenizer.json", """{"normalizer": {"type": "NFKC"}, "model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}}""", "normalizer.type is \"NFKC\", but W2S reads tokenizers with BertNormalizer only")]
    [InlineData("tokenizer.json", """{"pre_tokenizer": {"type": "Whitespace"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}""", "pre_tokenizer.type is \"Whitespace\"")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {"a": "0"}}}""", "the token 'a' has no id")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {"[UNK]": 2000000000}}}""", "do not count up from 0")]
    [InlineData("tokenizer.json", "{", "tokenizer.json is no JSON object")]
    [InlineData("sentencepiece.bpe.model", "\u000a\u00ff", "sentencepiece.bpe.model is no SentencePiece model")]
    [InlineData("readme.txt", "", "has no tokenizer that W2S reads")]
    public void What_cannot_be_read_is_named(string file, string text, string cause)
    {
        using var folder = new TemporaryFolder();
        Write(folder, (file, text));
        Assert.Contains(cause, Assert.Throws<UserErrorException>(() => TextTokenizer.Read(folder.Path(""))).Message);
    }

    private static byte[] SentencePieceModel((string Piece, float Score, int Type)[] pieces)
    {
        var model = new List<byte>();
        foreach (var (piece, score, type) in pieces)
        {
            var text = System.Text.Encoding.UTF8.GetBytes(piece);
            byte[] message = [0x0a, (byte)text.Length, .. text, 0x15, .. BitConverter.GetBytes(score), 0x18, (byte)type];
            model.AddRange([0x0a, (byte)message.Length, .. message]);
        }
        return [.. model];
    }

    private static void Write(TemporaryFolder folder, params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files) folder.Write(name, text);
    }
}
