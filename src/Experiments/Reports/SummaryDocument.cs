using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>
/// The shape of summary.json. For one seed: format, version, seed and panels. For several: format, version, seeds (each
/// with its seed and panels) and spread; then there is no panels at the top. The keys named seconds are all that differs
/// between two runs of the same settings, so a comparison drops those.
/// </summary>
internal sealed record SummaryDocument
{
    internal const string FormatName = "w2s-summary";
    internal const int NewestVersion = 1;

    public string Format { get; init; } = FormatName;

    public int Version { get; init; } = NewestVersion;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderedDictionary<string, PanelPart>? Panels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SeedPart>? Seeds { get; init; }
}

/// <summary>All panels of one seed, by name.</summary>
internal sealed record SeedPart(long Seed, OrderedDictionary<string, PanelPart> Panels);

/// <param name="Options">The resolved configuration, under the keys that a YAML file would use.</param>
internal sealed record PanelPart(
    string Engine, double Seconds, JsonElement Options, IReadOnlyList<RepresentationResult> Representations, IReadOnlyList<TaskPart> Tasks);

/// <summary>One task, on one line of the file. The gain is for readers of the file; it is computed anew when read here.</summary>
internal sealed record TaskPart(int Task, double WeakError, double StudentError, double StrongError, double Misfit, double Gain);
