using System.Text.Json;
using System.Text.Json.Nodes;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>Reads summary.json back, and refuses what is not one.</summary>
internal static class SummaryReader
{
    internal static IReadOnlyList<PanelResult> Read(string path)
    {
        var text = ReadText(path);
        try
        {
            using var document = JsonDocument.Parse(text);
            CheckFormat(path, document.RootElement);
            var summary = document.RootElement.Deserialize(SummaryJson.Pretty.SummaryDocument)!;
            IReadOnlyList<SeedPart> seeds = summary switch
            {
                { Seeds: { } several } => several,
                { Seed: { } seed, Panels: { } panels } => [new SeedPart(seed, panels)],
                _ => throw new JsonException("It has neither \"seed\" with \"panels\" nor \"seeds\"."),
            };
            return [.. Present(seeds).SelectMany(seed => Present(seed.Panels.Values).Select(ToResult))];
        }
        catch (JsonException exception)
        {
            throw new UserErrorException(
                $"{path} cannot be read as a summary{Where(exception)}: {exception.Message.Split(" Path: ")[0]} "
                + "The file was cut short or edited; run the study again to write it anew (what is finished is not computed again).");
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"There is no {path}: name the folder of a finished study, the one given to it as --out.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be opened: {exception.Message}");
        }
    }

    private static void CheckFormat(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || format.GetString() != SummaryDocument.FormatName
            || !root.TryGetProperty("version", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var version))
        {
            throw new UserErrorException(
                $"{path} is JSON but not a summary of a study: it lacks \"format\": \"{SummaryDocument.FormatName}\" and a version. Name a summary.json that the study wrote.");
        }
        if (version > SummaryDocument.NewestVersion)
        {
            throw new UserErrorException(
                $"{path} has format version {version}; this program reads up to {SummaryDocument.NewestVersion}. Use the newer program that wrote it, or run the study again.");
        }
    }

    private static PanelResult ToResult(PanelPart panel)
    {
        var tasks = Present(panel.Tasks).Select(task => new TaskResult(task.Task, task.WeakError, task.StudentError, task.StrongError, task.Misfit));
        return new PanelResult(ReadOptions(panel.Options), panel.Engine, [.. Present(panel.Representations)], [.. tasks], panel.Seconds);
    }

    /// <summary>
    /// Lays the file's options over the defaults: the generated reader would set an option that an older file lacks to zero
    /// instead of its default.
    /// </summary>
    private static StudyOptions ReadOptions(JsonElement stored)
    {
        if (stored.ValueKind != JsonValueKind.Object) throw new JsonException("A panel's \"options\" is not an object.");
        var options = JsonSerializer.SerializeToNode(new StudyOptions(), SummaryJson.Compact.StudyOptions)!.AsObject();
        Overlay(options, stored);
        return options.Deserialize(SummaryJson.Compact.StudyOptions)!;
    }

    private static void Overlay(JsonObject target, JsonElement source)
    {
        foreach (var property in source.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object && target[property.Name] is JsonObject inner) Overlay(inner, property.Value);
            else target[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }
    }

    /// <summary>The generated reader checks properties for null, but not the elements of lists.</summary>
    private static IEnumerable<T> Present<T>(IEnumerable<T> items) where T : class =>
        items.Select(item => item ?? throw new JsonException("A list holds null where a value is needed."));

    private static string Where(JsonException exception) =>
        exception.LineNumber is { } line ? $" (line {line + 1}{(exception.Path is { Length: > 1 } path ? $", {path}" : "")})" : "";
}
