using System.Text.Json;

namespace W2S.Experiments;

/// <summary>
/// The shape of summary.json, the same for every study, stage and run of a sweep, whatever the data and the number of seeds.
/// The keys named seconds are all that differs between two runs of the same settings, so a comparison drops those.
/// </summary>
internal sealed record ResultDocument
{
    public required string Format { get; init; }
    public required int Version { get; init; }

    /// <summary>"study", "weak", "student", "strong" or "evaluation".</summary>
    public required string Stage { get; init; }

    /// <summary>For a single student: the folder of its weak run, relative to this one.</summary>
    public string? WeakRun { get; init; }

    /// <summary>SHA-256 of that run's heads; null in files that were written before it was kept.</summary>
    public string? WeakDigest { get; init; }

    /// <summary>Wall time of the command that finished a study.</summary>
    public double? Seconds { get; init; }

    /// <summary>What a single stage used; folders are relative to the file's own.</summary>
    public required IReadOnlyList<StagePart> Parts { get; init; }

    public required IReadOnlyList<PanelPart> Panels { get; init; }

    /// <summary>
    /// By panel, over its seeds of which no representation collapsed, data sets and weak representations; for readers of the file.
    /// </summary>
    public OrderedDictionary<string, SpreadPart>? Spread { get; init; }

    /// <param name="Options">The resolved configuration, under the keys that a YAML file would use.</param>
    /// <param name="Examples">Of one cell, by the part that they play.</param>
    /// <param name="Statistics">For readers of the file; computed anew when it is read here.</param>
    public sealed record PanelPart(
        string Panel, string Data, string DataTitle, string Unit, long Seed, string Weak, string Strong, string Engine, double Seconds,
        JsonElement Options, OrderedDictionary<string, int> Examples, IReadOnlyList<RepresentationResult> Representations, JsonElement? Statistics,
        IReadOnlyList<CellResult> Cells);

    /// <param name="MeanIntervals">Over the seeds; null where there are few, or more than the seed differs.</param>
    public sealed record SpreadPart(IReadOnlyList<long> CollapsedSeeds, JsonElement Statistics, MeanIntervals? MeanIntervals);
}
