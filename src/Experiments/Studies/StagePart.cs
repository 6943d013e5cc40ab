using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>A representation or the heads of a stage that a run used: how they were made and where they are kept.</summary>
/// <param name="Name">"weak representation", "student heads".</param>
/// <param name="How">For people: "pretrained 8-32-16", "100 tasks, adamw".</param>
/// <param name="Steps">Training steps; 0 where nothing was trained.</param>
/// <param name="Loss">Last training loss; null where nothing was trained.</param>
/// <param name="Folder">The folder of the checkpoints; null where there are none.</param>
public sealed record StagePart(string Name, string How, long Steps, double? Loss, string? Folder)
{
    /// <summary>
    /// Whether it was complete before this command looked for it; null where no command did. Not kept, so that an
    /// interrupted run ends in the same files.
    /// </summary>
    [JsonIgnore]
    public bool? Found { get; init; }
}
