using System.Text.Json;
using System.Text.Json.Nodes;

namespace W2S.Data;

// What a tokenizer's JSON files say, in types; a file that says something else is an error that names it.
public sealed partial class TextTokenizer
{
    private static Dictionary<string, int> Ids(JsonNode? node, string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (node is not JsonObject tokens || tokens.Count == 0)
            throw new UserErrorException($"{path} has no vocabulary (tokens with their ids).");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in tokens)
            ids[token] = id is JsonValue value && value.TryGetValue(out int number) && number is >= 0 and < int.MaxValue
                ? number
                : throw new UserErrorException($"{path}: the token '{token}' has no id.");
        return ids;
    }

    private static JsonObject Json(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return JsonNode.Parse(ModelFile.ReadText(path), documentOptions: options) as JsonObject
                ?? throw new JsonException("it is no object.");
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path} is no JSON object: {error.Message}");
        }
    }

    private static bool Flag(JsonObject settings, string key, bool absent) => OptionalFlag(settings, key) ?? absent;

    private static bool? OptionalFlag(JsonObject settings, string key) =>
        settings[key] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    private static int? NumberOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
