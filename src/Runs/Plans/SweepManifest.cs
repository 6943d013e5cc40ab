using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Data;
using W2S.Experiments;

namespace W2S.Runs.Plans;

/// <summary>sweep.json: what the plan was when it was made.</summary>
internal sealed record SweepManifest
{
    private const string FormatName = "w2s-sweep";

    public string Format { get; init; } = FormatName;
    public int Version { get; init; } = 1;

    /// <summary>Lines of plan.jsonl.</summary>
    public required int Runs { get; init; }

    /// <summary>Of plan.jsonl, so that an edited one is noticed.</summary>
    public required string PlanSha256 { get; init; }

    /// <summary>The working directory, to which paths in the plan may be relative; null in plans that were made before it was kept.</summary>
    public string? PlannedIn { get; init; }

    public required SweepOptions Options { get; init; }

    public static string HashOf(ReadOnlySpan<byte> plan) => Convert.ToHexStringLower(SHA256.HashData(plan));

    public void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, SweepJson.Indented.SweepManifest) + "\n");

    public static SweepManifest Read(string path) => SummaryFile.Read(path, FormatName, 1, root => root.Deserialize(SweepJson.Indented.SweepManifest)!);
}
