using System.Text;

namespace W2S.Data.Tests;

/// <summary>Files of tokenizers with bytes turned over, cut off and doubled: they are read, or refused in words; nothing else ever happens.</summary>
public sealed class DamagedTokenizerTests
{
    private const int Rounds = 600;

    private const string Pieces = """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "Ġ": 6, "ab": 7, "Ġab": 8, "<mask>": 9}""";

    public static TheoryData<string, string> Files => new()
    {
        { "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngood\nbad\n##ly\né\n" },
        { "tokenizer.json", """{"normalizer": {"type": "BertNormalizer", "strip_accents": null, "lowercase": true}, "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3}}}""" },
        { "tokenizer.json", $$"""{"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "model": {"type": "BPE", "vocab": {{Pieces}}, "merges": ["a b", "Ġ ab"]} }""" },
        { "tokenizer.json", """{"added_tokens": [{"id": 5, "content": "<mask>"}], "normalizer": {"type": "Precompiled", "precompiled_charsmap": "CAAAAAEAAAAAAAAAYQA="}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0], ["▁a", -1.5], ["\u00e9", -2.5]]}}""" },
        { "sentencepiece.bpe.model", "\n\u0007\n\u0005<unk>\n\u0005\n\u0003<s>\n\u0006\n\u0004</s>\n\u0008\n\u0001a\u0015\0\0\u00c0\u003f\n\u0008\n\u0001b\u0015\0\0\u00c0\u00bf\u0012\u0002\u0018\u0001" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void They_are_read_or_refused_in_words(string file, string content)
    {
        using var folder = new TemporaryFolder();
        var whole = file.EndsWith(".model", StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(content) : Encoding.UTF8.GetBytes(content);
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var random = new RandomStream(7, file, round);
            var bytes = whole.ToList();
            for (var change = random.NextInt(3); change >= 0; change--)
            {
                var at = random.NextInt(bytes.Count);
                switch (random.NextInt(4))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.NextInt(8)); break;
                    case 1: bytes.RemoveRange(at, Math.Min(1 + random.NextInt(4), bytes.Count - at - 1)); break;
                    case 2: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + random.NextInt(8), bytes.Count - at))); break;
                    default: bytes[at] = (byte)"0{}[]\":,-9e\\u\n"[random.NextInt(14)]; break;
                }
            }
            folder.Write(file, [.. bytes]);
            try
            {
                TextTokenizer.Read(folder.Path("")).Encode("Goodly ab éa <mask>", 64, out _);
            }
            catch (UserErrorException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, Rounds - 1);
    }
}
