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

    public string Format { get; init; } = FormatName;

    public int Version { get; init; } = 1;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderedDictionary<string, PanelPart>? Panels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SeedPart>? Seeds { get; init; }

    /// <summary>By panel, over the seeds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderedDictionary<string, SpreadPart>? Spread { get; init; }
}

/// <summary>All panels of one seed, by name.</summary>
internal sealed record SeedPart(long Seed, OrderedDictionary<string, PanelPart> Panels);

/// <param name="Options">The resolved configuration, under the keys that a YAML file would use.</param>
/// <param name="Statistics">For readers of the file; computed anew when it is read here.</param>
internal sealed record PanelPart(
    string Engine,
    double Seconds,
    JsonElement Options,
    IReadOnlyList<RepresentationResult> Representations,
    JsonElement? Statistics,
    IReadOnlyList<TaskPart> Tasks);

/// <summary>One panel over all seeds; for readers of the file.</summary>
internal sealed record SpreadPart(IReadOnlyList<long> CollapsedSeeds, JsonElement Statistics);

/// <summary>One task, on one line of the file. The gain is for readers of the file; it is computed anew when read here.</summary>
internal sealed record TaskPart(int Task, double WeakError, double StudentError, double StrongError, double Misfit, double Gain);
