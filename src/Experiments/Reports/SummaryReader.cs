using System.Text.Json;
using System.Text.Json.Nodes;

namespace W2S.Experiments;

/// <summary>Reads a study's summary.json back, and refuses what is not one.</summary>
internal static class SummaryReader
{
    internal static IReadOnlyList<PanelResult> Read(string path) => SummaryFile.Read(path, SummaryDocument.FormatName, IReadOnlyList<PanelResult> (root) =>
    {
        var summary = root.Deserialize(SummaryJson.Pretty.SummaryDocument)!;
        IReadOnlyList<SeedPart> seeds = summary switch
        {
            { Seeds: { } several } => several,
            { Seed: { } seed, Panels: { } panels } => [new SeedPart(seed, panels)],
            _ => throw new JsonException("It has neither \"seed\" with \"panels\" nor \"seeds\"."),
        };
        return [.. Present(seeds).SelectMany(seed => Present(seed.Panels.Values).Select(ToResult))];
    });

    private static PanelResult ToResult(PanelPart panel)
    {
        var tasks = Present(panel.Tasks).Select(task => new TaskResult(task.Task, task.WeakError, task.StudentError, task.StrongError, task.Misfit));
        return new PanelResult(ReadOptions(panel.Options), panel.Engine, [.. Present(panel.Representations)], [.. tasks], panel.Seconds);
    }

    /// <summary>
    /// Lays the file's options over the defaults: the generated reader would set an option that an older file lacks to zero
    /// instead of its default.
    /// </summary>
    internal static StudyOptions ReadOptions(JsonElement stored)
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
}
