using System.Text.Json;
using System.Text.Json.Nodes;

namespace W2S.Models;

/// <summary>What a `config.json`, or where there is none the graph of a `model.onnx`, says of an encoder.</summary>
/// <param name="Shape">Its positions taken for learned and its pooler for present: only the weights can tell.</param>
/// <param name="FirstPosition">The row of the file's position table that the first token has.</param>
internal sealed partial record HuggingFaceConfiguration(HuggingFaceFamily Family, EncoderShape Shape, int FirstPosition)
{
    // No encoder is near these; they keep a damaged file from asking for all memory.
    private const int MostLayersOrHeads = 1000, LargestSize = 1_000_000;

    /// <summary>An encoder's, under its family's keys.</summary>
    public static string Write(HuggingFaceFamily family, EncoderShape shape)
    {
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(family.Architecture),
            [family.Key("attention_probs_dropout_prob")] = Encoder.BertDropout,
            [family.Key(HuggingFaceFamily.Activation)] = "gelu",
            [family.Key("hidden_dropout_prob")] = Encoder.BertDropout,
            [family.Key(HuggingFaceFamily.HiddenSize)] = shape.HiddenSize,
            ["initializer_range"] = 0.02,
            [family.Key(HuggingFaceFamily.IntermediateSize)] = shape.IntermediateSize,
            [HuggingFaceFamily.MaximumLength] = shape.MaximumLength + (family.PositionsFollowPadding ? family.PadIdWritten + 1 : 0),
            ["model_type"] = family.ModelType,
            [family.Key(HuggingFaceFamily.Heads)] = shape.Heads,
            [family.Key(HuggingFaceFamily.Layers)] = shape.Layers,
            [HuggingFaceFamily.PadId] = family.PadIdWritten,
            ["position_embedding_type"] = "absolute",
            ["torch_dtype"] = "float32",
            [HuggingFaceFamily.VocabularySize] = shape.VocabularySize,
        };
        if (family.FixedEpsilon == null) config[HuggingFaceFamily.LayerNormEpsilon] = shape.LayerNormEpsilon;
        if (family.HasTokenTypes) config[HuggingFaceFamily.TokenTypes] = shape.TokenTypes;
        if (family.Defaults[HuggingFaceFamily.EmbeddingSize] > 0) config[HuggingFaceFamily.EmbeddingSize] = shape.EmbeddingWidth;
        if (shape.DistanceBuckets > 0) config[HuggingFaceFamily.DistanceBuckets] = shape.DistanceBuckets;
        return config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    /// <summary>An absent key has the value that Hugging Face's configuration class gives it, as in from_pretrained().</summary>
    /// <exception cref="UserErrorException">
    /// The text is no JSON, or describes arithmetic that is not this encoder's; the key is named.
    /// </exception>
    public static HuggingFaceConfiguration Read(string path, string text)
    {
        var config = Parse(path, text);
        var family = FamilyOf(path, config);
        RefuseOtherArithmetic(path, config, family);
        var padding = (int)Number(HuggingFaceFamily.PadId, least: 0, LargestSize);
        var first = family.PositionsFollowPadding ? padding + 1 : 0;
        var positions = Whole(HuggingFaceFamily.MaximumLength);
        if (positions <= first)
            throw new UserErrorException(
                $"{path}: max_position_embeddings is {positions}, of which {first} stand before the first token: nothing can be read.");
        var hidden = Whole(HuggingFaceFamily.HiddenSize);
        var embedding = Count(HuggingFaceFamily.EmbeddingSize);
        var (layers, heads) = (Whole(HuggingFaceFamily.Layers, MostLayersOrHeads), Whole(HuggingFaceFamily.Heads, MostLayersOrHeads));
        var shape = new EncoderShape(Whole(HuggingFaceFamily.VocabularySize), hidden, layers, heads)
        {
            IntermediateSize = Whole(HuggingFaceFamily.IntermediateSize),
            MaximumLength = positions - first,
            TokenTypes = family.HasTokenTypes ? Whole(HuggingFaceFamily.TokenTypes) : 1,
            LayerNormEpsilon = family.FixedEpsilon ?? Number(HuggingFaceFamily.LayerNormEpsilon, least: 0, most: 1),
            Positions = PositionEncoding.Learned,
            EmbeddingSize = embedding == hidden ? 0 : embedding,
            DistanceBuckets = Count(HuggingFaceFamily.DistanceBuckets),
            WithoutPooler = !family.HasPooler,
        };
        if (shape.Problem() is { } problem) throw new UserErrorException($"{path}: {problem}");
        return new HuggingFaceConfiguration(family, shape, first);

        int Whole(string key, int most = LargestSize) => (int)Number(key, least: 1, most, isWhole: true);

        // Keys that only some families have.
        int Count(string key) => family.Defaults[key] == 0 ? 0 : (int)Number(key, least: 1, LargestSize, isWhole: true);

        double Number(string bertKey, double least, double most, bool isWhole = false)
        {
            var key = family.Key(bertKey);
            if (config[key] is not { } value)
            {
                (key, value) = (bertKey, config[bertKey]); // newer writers give DistilBERT's keys BERT's names
                if (value is null) return family.Defaults[bertKey];
            }
            if (value is not JsonValue json || !json.TryGetValue(out double number))
                throw new UserErrorException($"{path}: {key} is {value.ToJsonString()}, which is no number.");
            return number >= least && number <= most && (!isWhole || number == Math.Floor(number))
                ? number
                : throw new UserErrorException(
                    $"{path}: {key} is {value.ToJsonString()}, but must be a {(isWhole ? "whole " : "")}number from {least} to {most}.");
        }
    }

    private static JsonObject Parse(string path, string text)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false };
            var config = JsonNode.Parse(text, documentOptions: options) as JsonObject ?? throw new JsonException("it is no object.");
            _ = config.ToJsonString(); // an escaped half of a surrogate pair is found out now
            return config;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new UserErrorException($"{path} is no JSON object: {error.Message} Give a folder that save_pretrained() or W2S wrote.");
        }
    }

    /// <summary>By model_type, or where that is absent by the class that saved it; BERT's oldest files have neither.</summary>
    private static HuggingFaceFamily FamilyOf(string path, JsonObject config)
    {
        const string key = "model_type";
        if (config[key] is { } type)
            return HuggingFaceFamily.Find(TextOf(type))
                ?? throw new UserErrorException(
                    $"{path}: {key} is {type.ToJsonString()}, but W2S reads encoders with {HuggingFaceFamily.AllModelTypes} only.");
        if ((config["architectures"] as JsonArray)?.FirstOrDefault() is not { } architecture) return HuggingFaceFamily.Bert;
        var model = TextOf(architecture).ToLowerInvariant();
        bool IsOf(string name) => model.StartsWith(name.Replace("-", "", StringComparison.Ordinal), StringComparison.Ordinal);
        return HuggingFaceFamily.All.SelectMany(family => family.ModelTypes).FirstOrDefault(IsOf) is { } name
            ? HuggingFaceFamily.Find(name)!
            : throw new UserErrorException(
                $"{path}: architectures names {architecture.ToJsonString()}, but W2S reads encoders with {key} "
                    + $"{HuggingFaceFamily.AllModelTypes} only.");
    }

    /// <summary>Keys under which the same tensors compute something else.</summary>
    private static void RefuseOtherArithmetic(string path, JsonObject config, HuggingFaceFamily family)
    {
        // gelu_python is the same function, written out.
        MustBe(family.Key(HuggingFaceFamily.Activation), "gelu", "gelu_python");
        MustBe("position_embedding_type", "absolute");
        foreach (var key in (string[])["is_decoder", "add_cross_attention", "is_encoder_decoder"])
            if (config[key] is { } value && TextOf(value) != "false") throw Other(key, value, "false");
        if (config["pruned_heads"] is { } pruned and not JsonObject { Count: 0 }) throw Other("pruned_heads", pruned, "{}");
        if (config["quantization_config"] is { } quantised) throw Other("quantization_config", quantised, "unquantised weights");
        if (config["auto_map"] is JsonObject code && code["AutoModel"] is { } model)
            throw new UserErrorException(
                $"{path}: auto_map names code of the model's own ({TextOf(model)}), which may compute anything; W2S executes none.");

        void MustBe(string key, params string[] allowed)
        {
            if (config[key] is { } value && !(value is JsonValue && allowed.Contains(TextOf(value))))
                throw Other(key, value, $"\"{allowed[0]}\"");
        }

        UserErrorException Other(string key, JsonNode value, string needed) =>
            new($"{path}: {key} is {Shortened(value.ToJsonString())}, but W2S reads {family.ModelTypes[0].ToUpperInvariant()} encoders "
                + $"with {needed} only.");
    }

    private static string TextOf(JsonNode node) => node is JsonValue ? node.ToString() : node.ToJsonString();

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
