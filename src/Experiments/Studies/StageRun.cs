using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>A single stage's run: what it used, what was measured on fresh samples, and where it is kept.</summary>
/// <param name="Stage">"weak", "student", "strong" or "evaluation".</param>
/// <param name="Name">The panel that its settings are called after.</param>
/// <param name="WeakRun">Folder of the weak run that labelled the student's inputs; null elsewhere.</param>
/// <param name="Parts">The representations and heads, in the order of their making.</param>
/// <param name="Tasks">Mean squared errors by task; null for what the stage does not have.</param>
/// <param name="Seconds">Wall time; what was found counts as found.</param>
public sealed record StageRun(
    string Stage,
    string Name,
    long Seed,
    string Engine,
    double Seconds,
    string? WeakRun,
    IReadOnlyList<StagePart> Parts,
    IReadOnlyList<RepresentationResult> Representations,
    IReadOnlyList<StageTask> Tasks)
{
    public const string FormatName = "w2s-stage";
    public const string Evaluation = "evaluation";

    [JsonPropertyOrder(-2)]
    public string Format { get; init; } = FormatName;

    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = 1;

    /// <summary>The run's folder; relative ones are relative to the working directory. Empty for an evaluation that was not kept.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>Whether there is a student and its teacher, and so a gain and a misfit.</summary>
    [JsonIgnore]
    public bool MeasuresGain => Tasks.Any(task => task is { Gain: not null, Misfit: not null });

    /// <summary>Writes the folder's summary.json. Folders in it are relative to the run's own, so that all can move together.</summary>
    internal void Write()
    {
        var stored = WithFolders(path => Path.GetRelativePath(Folder, path));
        AtomicFile.WriteAllText(Path.Combine(Folder, StudyOutputs.Summary), JsonSerializer.Serialize(stored, SummaryJson.Pretty.StageRun) + "\n");
    }

    /// <param name="stages">The stages that will do; none: any.</param>
    /// <exception cref="UserErrorException">The folder holds no finished run of these stages.</exception>
    public static StageRun Read(string folder, params string[] stages)
    {
        var wanted = string.Join(" or ", stages.Select(StageFolder.CommandOf));
        var run = StageFolder.Read(folder, FormatName, wanted, stages, root => root.Deserialize(SummaryJson.Pretty.StageRun)!, run => run.Stage);
        return run.WithFolders(stored => StageFolder.FromWorkingDirectory(folder, stored)) with { Folder = folder };
    }

    /// <summary>As a command sees it that finds the run finished.</summary>
    internal StageRun AllFound() => this with { Parts = [.. Parts.Select(part => part with { Found = true })] };

    private StageRun WithFolders(Func<string, string> change) => this with
    {
        WeakRun = WeakRun == null ? null : change(WeakRun),
        Parts = Parts.WithFolders(change),
    };
}
