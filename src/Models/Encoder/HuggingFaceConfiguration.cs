using System.Text.Json;
using System.Text.Json.Nodes;
using W2S.Data;

namespace W2S.Models;

/// <summary>The `config.json` of Hugging Face's BertModel.</summary>
internal static class HuggingFaceConfiguration
{
    // No encoder is near these; they keep a damaged file from asking for all memory.
    private const int MostLayersOrHeads = 1000, LargestSize = 1_000_000;

    public static string Write(EncoderShape shape) => new JsonObject
    {
        ["architectures"] = new JsonArray("BertModel"),
        ["attention_probs_dropout_prob"] = Encoder.BertDropout,
        ["hidden_act"] = "gelu",
        ["hidden_dropout_prob"] = Encoder.BertDropout,
        ["hidden_size"] = shape.HiddenSize,
        ["initializer_range"] = 0.02,
        ["intermediate_size"] = shape.IntermediateSize,
        ["layer_norm_eps"] = shape.LayerNormEpsilon,
        ["max_position_embeddings"] = shape.MaximumLength,
        ["model_type"] = "bert",
        ["num_attention_heads"] = shape.Heads,
        ["num_hidden_layers"] = shape.Layers,
        ["pad_token_id"] = 0,
        ["position_embedding_type"] = "absolute",
        ["torch_dtype"] = "float32",
        ["type_vocab_size"] = shape.TokenTypes,
        ["vocab_size"] = shape.VocabularySize,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

    /// <summary>The shape, its positions taken for learned: only the weights can tell.</summary>
    /// <exception cref="UserErrorException">The text is no JSON, lacks a key, or describes something that is not this BERT.</exception>
    public static EncoderShape Read(string path, string text)
    {
        JsonObject config;
        try
        {
            config = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path} is no JSON object: {error.Message} Give a folder that save_pretrained() or W2S wrote.");
        }
        MustBe("model_type", "bert");
        MustBe("hidden_act", "gelu");
        MustBe("position_embedding_type", "absolute");
        var shape = new EncoderShape(Whole("vocab_size"), Whole("hidden_size"), Whole("num_hidden_layers", MostLayersOrHeads), Whole("num_attention_heads", MostLayersOrHeads))
        {
            IntermediateSize = Whole("intermediate_size"),
            MaximumLength = Whole("max_position_embeddings"),
            TokenTypes = Whole("type_vocab_size"),
            LayerNormEpsilon = Number("layer_norm_eps"),
            Positions = PositionEncoding.Learned,
        };
        try
        {
            shape.Validate();
        }
        catch (ArgumentException error)
        {
            throw new UserErrorException($"{path}: {error.Message}");
        }
        return shape;

        // An absent key has BertConfig's default, which is the value that W2S needs.
        void MustBe(string key, string needed)
        {
            if (config[key] is { } value && !(value is JsonValue && value.ToString() == needed))
                throw new UserErrorException($"{path}: {key} is {value.ToJsonString()}, but W2S reads BERT encoders with \"{needed}\" only.");
        }

        int Whole(string key, int most = LargestSize) => Number(key) is var number && number >= 1 && number <= most && number == Math.Floor(number)
            ? (int)number
            : throw new UserErrorException($"{path}: {key} is {config[key]!.ToJsonString()}, but must be a whole number from 1 to {most}.");

        double Number(string key) => config[key] switch
        {
            null => throw new UserErrorException($"{path} lacks {key}. Give the config.json of a BertModel."),
            JsonValue value when value.TryGetValue(out double number) => number,
            var other => throw new UserErrorException($"{path}: {key} is {other.ToJsonString()}, which is no number."),
        };
    }
}
