using System.IO.Compression;
using System.Text;
using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Models.PyTorch;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Texts, their tokenizers and the models that read them.</summary>
internal static class FuzzedTexts
{
    private const string Pieces =
        """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "Ġ": 6, "ab": 7, "Ġab": 8, "<mask>": 9}""";

    private static readonly string[] WordPieces =
        [.. WordPieceTokenizer.Special, "a", "b", "t", "##e", "##x", "text", "é", "你", "😀", ",", "##s"];

    /// <summary>tokenizer.json of each kind.</summary>
    private static readonly string[] Whole =
    [
        """{"normalizer": {"type": "BertNormalizer", "strip_accents": null, "lowercase": true},"""
            + """ "model": {"type": "WordPiece", "unk_token": "[UNK]","""
            + """ "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "[PAD]": 3, "[MASK]": 4, "a": 5, "##b": 6}}}""",
        """{"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},"""
            + $$""" "model": {"type": "BPE", "vocab": {{Pieces}}, "merges": ["a b", "Ġ ab"]} }""",
        """{"added_tokens": [{"id": 5, "content": "<mask>"}],"""
            + """ "normalizer": {"type": "Precompiled", "precompiled_charsmap": "CAAAAAEAAAAAAAAAYQA="},"""
            + """ "model": {"type": "Unigram", "unk_id": 0,"""
            + """ "vocab": [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0], ["▁a", -1.5], ["é", -2.5]]}}""",
        """{"normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},"""
            + """ "model": {"type": "WordLevel", "unk_token": "[UNK]","""
            + """ "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "text": 5, "[MASK]": 6}}}""",
    ];

    private const string SentencePieces =
        "\n\u0007\n\u0005<unk>\n\u0005\n\u0003<s>\n\u0006\n\u0004</s>\n\u0008\n\u0001a\u0015\0\0\u00c0\u003f"
        + "\n\u0008\n\u0001b\u0015\0\0\u00c0\u00bf\u0012\u0002\u0018\u0001";

    private static readonly Lazy<IReadOnlyList<TextTokenizer>> Tokenizers = new(() =>
    [
        TextTokenizer.OfWordPieces(WordPieces, new BertWordOptions()),
        .. Whole.Select(json => FuzzTargets.InFolder(folder =>
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);
            return TextTokenizer.Read(folder);
        })),
    ]);

    public static IEnumerable<FuzzTarget> All =>
    [
        FuzzTargets.Of(
            "texts", "texts.txt", [Utf8("Éa té\u0301xt, 你好 😀😀\u200d\u0000 [MASK]<mask>\n" + new string('x', 300)), Essay()], Encode),
        FuzzTargets.Of(
            "text-table", "texts.csv",
            [Lines("text,label\n", row => $"\"a, {row}\",{row}.5\n"), Lines("text\tlabel\n", row => $"a {row}\t{row}\n")], Table),
        FuzzTargets.Of("text-lines", "texts.jsonl", [Lines("", row => $"{{\"text\":\"a \\u00e9 {row}\",\"label\":{row}.5}}\n")], Table),
        FuzzTargets.Of("tokenizer", "tokenizer.json", [.. Whole.Select(Utf8)], Tokenizer),
        FuzzTargets.Of("sentencepiece", "sentencepiece.bpe.model", [Encoding.Latin1.GetBytes(SentencePieces)], Tokenizer),
        FuzzTargets.Of("onnx", "model.onnx", [Onnx()], path => TensorFile.Read(path)),
        FuzzTargets.Of(
            "shards", "model.safetensors.index.json",
            [Utf8("""{"metadata":{"total_size":16},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""")],
            path => TensorFile.Read(path), Shards),
    ];

    private static void Encode(string path)
    {
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(path));
        foreach (var tokenizer in Tokenizers.Value)
        {
            tokenizer.Encode(text, 64, out _);
            foreach (var part in tokenizer.EncodeParts(text, 16))
                if (part.Length > 16 || Array.Exists(part, id => id < 0 || id >= tokenizer.VocabularySize))
                    throw new ArithmeticException("an id or a part is outside its bounds");
        }
        HashedWords.Count(text, HashedWords.LongestRun, new float[64]);
        var beginning = text[..Math.Min(text.Length, 200)];
        WordPieceTokenizer.Learn([beginning, beginning], new BertWordOptions(), 400);
    }

    private static void Tokenizer(string path) =>
        TextTokenizer.Read(Path.GetDirectoryName(path)!).Encode("Goodly ab éa <mask> 你", 64, out _);

    private static void Table(string path) =>
        new Datasets(new DataFolders([]), RunServices.Silent).Table(
            path, new Study { Data = [path], Table = new Study.TableOptions { TextColumn = "text" } });

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Lines(string header, Func<int, string> line) =>
        Utf8(header + string.Concat(Enumerable.Range(0, 12).Select(line)));

    /// <summary>The beginning of real essays; null where they are not here.</summary>
    private static byte[]? Essay()
    {
        if (DataFolders.Usual().Find("text/ellipse_essays.csv.gz") is not { } path) return null;
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var bytes = new byte[2000];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Onnx() =>
        FuzzTargets.InFolder(folder => File.ReadAllBytes(Path.Combine(TinyOnnx.Write(folder, WordPieces, 3), "model.onnx")));

    private static void Shards(string folder)
    {
        foreach (var (file, tensor) in (ReadOnlySpan<(string, string)>)[("one", "a"), ("two", "b")])
            File.WriteAllBytes(Path.Combine(folder, $"{file}.safetensors"), FuzzTargets.Tensors(tensor, 2));
    }
}
