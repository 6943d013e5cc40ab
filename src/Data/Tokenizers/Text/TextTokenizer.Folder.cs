using System.Text.Json;
using System.Text.Json.Nodes;

namespace W2S.Data;

// Reads tokenizers as Hugging Face's AutoTokenizer finds them in a folder, and writes BERT's.
public sealed partial class TextTokenizer
{
    private const string Whole = "tokenizer.json", Settings = "tokenizer_config.json", SpecialTokens = "special_tokens_map.json",
        Lines = "vocab.txt", Vocabulary = "vocab.json", Merges = "merges.txt", SentencePieceFile = "sentencepiece.bpe.model",
        ModelSettings = "config.json";

    private static readonly (string Key, string Bert, string Roberta)[] Special =
    [
        ("cls_token", "[CLS]", "<s>"), ("sep_token", "[SEP]", "</s>"), ("pad_token", "[PAD]", "<pad>"),
        ("unk_token", "[UNK]", "<unk>"), ("mask_token", "[MASK]", "<mask>"),
    ];

    /// <summary>The tokenizer of a Hugging Face folder: by tokenizer.json, or vocab.txt, or vocab.json and merges.txt.</summary>
    /// <exception cref="UserErrorException">
    /// A file is absent, damaged, or asks for what W2S lacks; the key that is in the way is named.
    /// </exception>
    public static TextTokenizer Read(string folder)
    {
        try
        {
            return Find(folder);
        }
        catch (InvalidOperationException error)
        {
            // What the JSON reader throws for an escaped half of a surrogate pair.
            throw new UserErrorException($"The tokenizer of {folder} holds text that is no Unicode: {error.Message}");
        }
    }

    /// <summary>BERT's, as <see cref="Read"/> has it of a folder that <see cref="Write"/> wrote.</summary>
    /// <exception cref="UserErrorException">The vocabulary lacks one of <see cref="WordPieceTokenizer.Special"/>.</exception>
    public static TextTokenizer OfWordPieces(IReadOnlyList<string> vocabulary, BertWordOptions options) => WordPiece(
        vocabulary, options, Special.ToDictionary(special => special.Key, special => special.Bert), unknown: null, "the encoder");

    /// <summary>Writes vocab.txt and tokenizer_config.json, which Hugging Face's BertTokenizer reads, into a folder that exists.</summary>
    /// <param name="maximumLength">Ids of the longest text that its model reads.</param>
    /// <exception cref="NotSupportedException">It is no <see cref="WordPieceTokenizer"/>.</exception>
    public void Write(string folder, int maximumLength)
    {
        var pieces = Pieces as WordPieceTokenizer ?? throw new NotSupportedException($"A tokenizer of {Name} is not written.");
        var settings = new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer", ["do_lower_case"] = pieces.Options.LowerCase,
            ["strip_accents"] = pieces.Options.StripAccents, ["tokenize_chinese_chars"] = pieces.Options.SplitChineseCharacters,
            ["model_max_length"] = maximumLength,
        };
        foreach (var (key, name, _) in Special) settings[key] = name;
        AtomicFile.WriteAllText(Path.Combine(folder, Lines), string.Concat(pieces.Vocabulary.Select(token => token + "\n")));
        AtomicFile.WriteAllText(
            Path.Combine(folder, Settings), settings.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    private static TextTokenizer Find(string folder)
    {
        if (Exists(folder, Whole) && Json(folder, Whole) is { } all)
        {
            var model = all["model"] as JsonObject ?? throw new UserErrorException($"{Path.Combine(folder, Whole)} has no model.");
            var type = TextOf(model["type"]) ?? (model["merges"] == null ? "WordPiece" : "BPE");
            switch (type)
            {
                case "WordPiece":
                    return WordPiece(folder, VocabularyOf(model, folder), WordOptions(all, folder), TextOf(model["unk_token"]));
                case "BPE":
                    var ids = Ids(model["vocab"], folder, Whole);
                    return BytePairs(folder, ids, [.. MergesOf(model, folder)], AddsPrefixSpace(all, folder));
                case "Unigram": return Unigram(folder, all, model);
                case "WordLevel": return WordLevel(folder, all, model);
                default:
                    throw new UserErrorException(
                        $"{Path.Combine(folder, Whole)}: model.type is \"{type}\", but W2S reads \"WordPiece\", \"WordLevel\", \"Unigram\" "
                        + "and byte-level \"BPE\" only.");
            }
        }
        if (Exists(folder, Lines))
        {
            var settings = Exists(folder, Settings) ? Json(folder, Settings) : [];
            var options = new BertWordOptions(
                Flag(settings, "do_lower_case", true), OptionalFlag(settings, "strip_accents"),
                Flag(settings, "tokenize_chinese_chars", true));
            return WordPiece(folder, ModelFile.ReadLines(Path.Combine(folder, Lines)), options, null);
        }
        if (Exists(folder, Vocabulary) && Exists(folder, Merges))
        {
            var settings = Exists(folder, Settings) ? Json(folder, Settings) : [];
            var merges = ModelFile.ReadLines(Path.Combine(folder, Merges))
                .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal));
            var vocabulary = Ids(Json(folder, Vocabulary), folder, Vocabulary);
            return BytePairs(folder, vocabulary, [.. merges], Flag(settings, "add_prefix_space", false));
        }
        if (Exists(folder, SentencePieceFile)) return SentencePiece(folder);
        throw new UserErrorException(
            $"{folder} has no tokenizer that W2S reads: {Whole}, {Lines}, {Vocabulary} with {Merges}, or {SentencePieceFile}.");
    }

    /// <summary>Words as they stand: cut at blanks, or at punctuation too, in lower case where a normaliser asks for that alone.</summary>
    private static TextTokenizer WordLevel(string folder, JsonObject all, JsonObject model)
    {
        var vocabulary = Ids(model["vocab"], folder, Whole);
        var (normalizer, before) = (all["normalizer"] as JsonObject, all["pre_tokenizer"] as JsonObject);
        if (normalizer != null && TextOf(normalizer["type"]) != "Lowercase")
            throw Other(folder, "normalizer", normalizer, "Lowercase or none for WordLevel");
        var cut = TextOf(before?["type"]);
        if (cut is not ("Whitespace" or "WhitespaceSplit"))
            throw Other(folder, "pre_tokenizer", before, "Whitespace or WhitespaceSplit for WordLevel");
        var names = SpecialNames(folder, isBert: vocabulary.ContainsKey("[CLS]"));
        if (TextOf(model["unk_token"]) is { } unknown) names["unk_token"] = unknown;
        var tokens = IdsOf(names, token => vocabulary.TryGetValue(token, out var id) ? id : null, folder);
        var pieces = new WordLevelTokenizer(vocabulary, tokens.Unknown, normalizer != null, cut == "Whitespace", names.Values);
        var lines = vocabulary.OrderBy(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}");
        return new TextTokenizer(
            pieces, $"WordLevel{(normalizer == null ? "" : ", lower case")}", tokens, vocabulary.Values.Max() + 1,
            $"{cut} {string.Join('\n', lines)}", LengthIn(folder));
    }

    /// <summary>From tokenizer.json: pieces with their scores in the order of ids.</summary>
    private static TextTokenizer Unigram(string folder, JsonObject all, JsonObject model)
    {
        var path = Path.Combine(folder, Whole);
        if (model["vocab"] is not JsonArray { Count: > 0 } vocabulary) throw new UserErrorException($"{path} has no model.vocab.");
        var pieces = vocabulary.Select(entry => PieceOf(entry, path)).ToList();
        // An added token may stand behind the pieces.
        foreach (var added in (all["added_tokens"] as JsonArray ?? []).OfType<JsonObject>())
            if (NumberOf(added["id"]) == pieces.Count && TextOf(added["content"]) is { } content)
                pieces.Add((content, double.NegativeInfinity));
        var unknown = NumberOf(model["unk_id"]) ?? -1;
        if (unknown < 0 || unknown >= pieces.Count) throw new UserErrorException($"{path}: model.unk_id is no id of a piece.");
        return Unigram(folder, pieces, unknown, CharactersMap(all["normalizer"], path), SpecialNames(folder, isBert: false));
    }

    private static (string Piece, double Score) PieceOf(JsonNode? entry, string path) =>
        entry is JsonArray { Count: 2 } pair && TextOf(pair[0]) is { } piece
            && pair[1] is JsonValue value && value.TryGetValue(out double score)
            ? (piece, score)
            : throw new UserErrorException($"{path}: {entry?.ToJsonString()} in model.vocab is no piece with a score.");

    /// <summary>
    /// From sentencepiece.bpe.model, whose numbers fairseq and Hugging Face move up, to make room for tokens of their own.
    /// </summary>
    private static TextTokenizer SentencePiece(string folder)
    {
        var (pieces, map) = UnigramTokenizer.ReadModel(Path.Combine(folder, SentencePieceFile));
        var isCamembert = Exists(folder, ModelSettings) && TextOf(Json(folder, ModelSettings)["model_type"]) == "camembert";
        string[] own = isCamembert
            ? ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"]
            : ["<s>", "<pad>", "</s>", "<unk>"];
        List<(string, double)> ids =
        [
            .. own.Select(token => (token, double.NegativeInfinity)),
            .. pieces.Skip(isCamembert ? 1 : 3),
            ("<mask>", double.NegativeInfinity),
        ];
        return Unigram(folder, ids, unknown: 3, map, SpecialNames(folder, isBert: false));
    }

    private static TextTokenizer Unigram(
        string folder, IReadOnlyList<(string Piece, double Score)> pieces, int unknown, byte[]? map, Dictionary<string, string> names)
    {
        var tokenizer = new UnigramTokenizer(pieces, unknown, map, names.Values);
        var lines = pieces.Select(piece => FormattableString.Invariant($"{piece.Score:R} {piece.Piece}"));
        return new TextTokenizer(
            tokenizer, "SentencePiece unigram", IdsOf(names, tokenizer.IdOf, folder), pieces.Count,
            $"{unknown} {Convert.ToBase64String(map ?? [])} {string.Join('\n', lines)}", LengthIn(folder));
    }

    /// <summary>The map of characters that a SentencePiece model brings along, wherever in the normaliser it stands.</summary>
    private static byte[]? CharactersMap(JsonNode? normalizer, string path)
    {
        if (normalizer is not JsonObject one) return null;
        switch (TextOf(one["type"]))
        {
            case "Precompiled":
                try
                {
                    return Convert.FromBase64String(TextOf(one["precompiled_charsmap"]) ?? "");
                }
                catch (FormatException)
                {
                    throw new UserErrorException($"{path}: precompiled_charsmap is no base64.");
                }
            case "Sequence":
                return (one["normalizers"] as JsonArray ?? []).Select(part => CharactersMap(part, path)).FirstOrDefault(map => map != null);
            // Blanks are made one in any case.
            case "Replace" or "Strip": return null;
            case var other:
                throw new UserErrorException(
                    $"{path}: normalizer.type is \"{other}\", but W2S reads Unigram tokenizers with Precompiled only.");
        }
    }

    private static TextTokenizer WordPiece(string folder, IReadOnlyList<string> vocabulary, BertWordOptions options, string? unknown)
    {
        var names = SpecialNames(folder, isBert: vocabulary.Contains("[CLS]") || !vocabulary.Contains("<s>"));
        // MPNet's vocabulary has both [UNK] and <unk>, and its pieces know the former.
        if (!vocabulary.Contains(names["unk_token"]) || (unknown == null && vocabulary.Contains("[UNK]"))) names["unk_token"] = "[UNK]";
        return WordPiece(vocabulary, options, names, unknown, folder, LengthIn(folder));
    }

    /// <param name="source">Whose vocabulary it is, for people.</param>
    private static TextTokenizer WordPiece(
        IReadOnlyList<string> vocabulary, BertWordOptions options, Dictionary<string, string> names, string? unknown, string source,
        int? length = null)
    {
        var pieces = new WordPieceTokenizer(vocabulary, options, names.Values, unknown ?? names["unk_token"]);
        var accents = options.StripAccents switch
        {
            true when !options.LowerCase => ", without accents",
            false when options.LowerCase => ", with accents",
            _ => "",
        };
        return new TextTokenizer(
            pieces, $"WordPiece, {(options.LowerCase ? "lower case" : "cased")}{accents}", IdsOf(names, pieces.IdOf, source),
            vocabulary.Count, $"{options} {string.Join('\n', vocabulary)}", length);
    }

    private static TextTokenizer BytePairs(string folder, Dictionary<string, int> vocabulary, string[] merges, bool addsPrefixSpace)
    {
        var names = SpecialNames(folder, isBert: false);
        var lines = vocabulary.OrderBy(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}");
        var pieces = new ByteLevelBpeTokenizer(vocabulary, merges, names.Values, addsPrefixSpace);
        return new TextTokenizer(
            pieces, "byte-level BPE", IdsOf(names, token => vocabulary.TryGetValue(token, out var id) ? id : null, folder),
            vocabulary.Values.Max() + 1, $"{addsPrefixSpace} {string.Join('\n', merges)} {string.Join('\n', lines)}", LengthIn(folder));
    }

    // Where it does not know, Hugging Face writes a number of thirty digits.
    private static int? LengthIn(string folder) =>
        Exists(folder, Settings) && Json(folder, Settings)["model_max_length"] is JsonValue value && value.TryGetValue(out double length)
            && length is >= 3 and <= 1e6 ? (int)length : null;

    private static TextTokens IdsOf(Dictionary<string, string> names, Func<string, int?> find, string folder)
    {
        return new TextTokens(
            Needed("cls_token"), Needed("sep_token"), find(names["pad_token"]) ?? 0, Needed("unk_token"), find(names["mask_token"]) ?? -1);

        int Needed(string key) => find(names[key])
            ?? throw new UserErrorException($"The vocabulary of {folder} lacks {names[key]}, its {key}.");
    }

    /// <summary>By special_tokens_map.json, tokenizer_config.json, or as the family calls them.</summary>
    private static Dictionary<string, string> SpecialNames(string folder, bool isBert)
    {
        var given = new[] { SpecialTokens, Settings }.Where(file => Exists(folder, file)).Select(file => Json(folder, file)).ToList();
        return Special.ToDictionary(
            special => special.Key,
            special => given.Select(file => file[special.Key] is JsonObject token ? TextOf(token["content"]) : TextOf(file[special.Key]))
                .FirstOrDefault(text => text != null) ?? (isBert ? special.Bert : special.Roberta));
    }

    private static BertWordOptions WordOptions(JsonObject all, string folder)
    {
        if (all["normalizer"] is not JsonObject normalizer)
            return new BertWordOptions(LowerCase: false, SplitChineseCharacters: false, CleanText: false);
        if (TextOf(normalizer["type"]) != "BertNormalizer") throw Other(folder, "normalizer", normalizer, "BertNormalizer");
        if (all["pre_tokenizer"] is JsonObject before && TextOf(before["type"]) != "BertPreTokenizer")
            throw Other(folder, "pre_tokenizer", before, "BertPreTokenizer");
        return new BertWordOptions(
            Flag(normalizer, "lowercase", true), OptionalFlag(normalizer, "strip_accents"),
            Flag(normalizer, "handle_chinese_chars", true), Flag(normalizer, "clean_text", true));
    }

    private static bool AddsPrefixSpace(JsonObject all, string folder)
    {
        if (all["normalizer"] is JsonObject normalizer) throw Other(folder, "normalizer", normalizer, "no normaliser for BPE");
        return all["pre_tokenizer"] is JsonObject before && TextOf(before["type"]) == "ByteLevel"
            ? Flag(before, "add_prefix_space", true)
            : throw Other(folder, "pre_tokenizer", all["pre_tokenizer"] as JsonObject, "ByteLevel");
    }

    private static UserErrorException Other(string folder, string key, JsonObject? found, string needed) =>
        new($"{Path.Combine(folder, Whole)}: {key}.type is \"{TextOf(found?["type"])}\", but W2S reads tokenizers with {needed} only.");

    private static IReadOnlyList<string> VocabularyOf(JsonObject model, string folder)
    {
        var ids = Ids(model["vocab"], folder, Whole);
        if (TextOf(model["continuing_subword_prefix"]) is { } prefix and not WordPieceTokenizer.Continuation)
            throw new UserErrorException(
                $"{Path.Combine(folder, Whole)}: continuing_subword_prefix is \"{prefix}\", but W2S reads "
                + $"\"{WordPieceTokenizer.Continuation}\" only.");
        if (ids.Count == 0 || ids.Values.Max() >= ids.Count + 1000)
            throw new UserErrorException($"{Path.Combine(folder, Whole)}: the ids of model.vocab do not count up from 0.");
        var vocabulary = Enumerable.Range(0, ids.Values.Max() + 1).Select(id => $"[no token {id}]").ToArray();
        foreach (var (token, id) in ids) vocabulary[id] = token;
        return vocabulary;
    }

    /// <summary>As "a b", the older writing, or ["a", "b"].</summary>
    private static IEnumerable<string> MergesOf(JsonObject model, string folder)
    {
        if (model["merges"] is not JsonArray merges) throw new UserErrorException($"{Path.Combine(folder, Whole)} has no model.merges.");
        foreach (var merge in merges)
            yield return merge is JsonArray { Count: 2 } pair ? $"{TextOf(pair[0])} {TextOf(pair[1])}" : TextOf(merge)
                ?? throw new UserErrorException($"{Path.Combine(folder, Whole)}: a merge is no text.");
    }

    private static bool Exists(string folder, string file) => File.Exists(Path.Combine(folder, file));
}
