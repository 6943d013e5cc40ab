using System.Text.Json;

namespace W2S.Data;

/// <summary>
/// Files with a JSON object on each line (JSONL, NDJSON), which stand wherever CSV does: keys are columns, a string or a number is
/// a cell, null is an empty one. Blank lines are passed over.
/// </summary>
internal static class JsonLines
{
    private static readonly string[] Endings = [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"];

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Whether this is one, by what it is called.</summary>
    public static bool AreIn(string path) => Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The objects in order, each with its line from 1. Each is valid until the next one is asked for.</summary>
    /// <exception cref="UserErrorException">A line is no JSON object; it is named.</exception>
    public static IEnumerable<(int Line, JsonElement Object)> Objects(TextReader reader, string path)
    {
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            using var document = Parsed(text, $"{path}, line {line}");
            yield return (line, document.RootElement);
        }
    }

    /// <summary>The key that is meant by a column's name, which may differ from it in case; null: there is none.</summary>
    /// <exception cref="UserErrorException">Several differ in case alone, and none is written so.</exception>
    public static JsonProperty? Find(JsonElement one, string column, string place)
    {
        JsonProperty? found = null;
        foreach (var property in one.EnumerateObject())
        {
            if (property.NameEquals(column)) return property;
            if (!property.Name.Equals(column, StringComparison.OrdinalIgnoreCase)) continue;
            if (found != null)
                throw new UserErrorException(
                    $"{place}: the keys '{found.Value.Name}' and '{property.Name}' could both be '{column}'. Name one as it is written.");
            found = property;
        }
        return found;
    }

    /// <summary>What an object has under a column's name, as a cell of CSV would have it.</summary>
    /// <exception cref="UserErrorException">It has none, or a list or an object.</exception>
    public static string Cell(JsonElement one, string column, string place) =>
        (Find(one, column, place) ?? throw NoColumn(one, column, place)).Value switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!.Trim(),
            { ValueKind: JsonValueKind.Null } => "",
            { ValueKind: JsonValueKind.Array or JsonValueKind.Object } other => throw new UserErrorException(
                $"{place}: '{column}' is {(other.ValueKind == JsonValueKind.Array ? "a list" : "an object")}, where a text or a number "
                    + "is needed."),
            var number => number.GetRawText(),
        };

    public static UserErrorException NoColumn(JsonElement one, string column, string place)
    {
        string[] keys = [.. one.EnumerateObject().Select(property => property.Name)];
        var meant = NearestName.Find(column, keys) is { } near ? $"; did you mean '{near}'?" : ".";
        return new(
            $"{place}: the object has no key '{column}'{meant} Its keys are {string.Join(", ", keys.Take(30).Select(key => $"'{key}'"))}.");
    }

    private static JsonDocument Parsed(string text, string place)
    {
        try
        {
            var document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (JsonException error)
        {
            // A list over many lines is no JSON on its first.
            if (!text.AsSpan().TrimStart().StartsWith('['))
                throw new UserErrorException(
                    $"{place}, character {error.BytePositionInLine + 1}: {error.Message.Split(" LineNumber:")[0].TrimEnd('.')}. "
                        + "Each line is a JSON object of its own.");
        }
        throw new UserErrorException(
            $"{place}: the line is no JSON object. If the file is one list of objects, jq -c '.[]' writes each on a line of its own.");
    }
}
