using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>A stage's run on molecules: what it used, what was measured in each split, and where it is kept.</summary>
/// <param name="Stage">"weak", "student", "strong" or "evaluation".</param>
/// <param name="Data">The set's name.</param>
/// <param name="Title">As the papers write it.</param>
/// <param name="Unit">Of the labels, and of RMSE and MAE.</param>
/// <param name="Solver">How heads were fitted, for people.</param>
/// <param name="WeakRun">Folder of the weak run that labelled for the student; null elsewhere.</param>
/// <param name="Parts">The encoders and heads, in the order of their making.</param>
/// <param name="Seconds">Wall time; what was found counts as found.</param>
public sealed record MoleculeStageRun(
    string Stage,
    string Data,
    string Title,
    string Unit,
    MoleculeProtocol Protocol,
    string Solver,
    long Seed,
    double Seconds,
    string? WeakRun,
    IReadOnlyList<StagePart> Parts,
    IReadOnlyList<MoleculeStageSplit> Splits)
{
    public const string FormatName = "w2s-molecules-stage";
    public const string Evaluation = "evaluation";

    [JsonPropertyOrder(-2)]
    public string Format { get; init; } = FormatName;

    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = 1;

    /// <summary>The run's folder; relative ones are relative to the working directory. Empty for an evaluation that was not kept.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>Whether a folder holds a run on molecules, finished or not read yet; false for anything else.</summary>
    public static bool IsIn(string folder)
    {
        var path = Path.Combine(folder, StudyOutputs.Summary);
        return File.Exists(path) && SummaryFile.KindOf(path) == FormatName;
    }

    /// <summary>Writes the folder's summary.json. Folders in it are relative to the run's own, so that all can move together.</summary>
    internal void Write() => AtomicFile.WriteAllText(
        Path.Combine(Folder, StudyOutputs.Summary),
        JsonSerializer.Serialize(WithFolders(path => Path.GetRelativePath(Folder, path)), SummaryJson.Pretty.MoleculeStageRun) + "\n");

    /// <param name="stages">The stages that will do; none: any.</param>
    /// <exception cref="UserErrorException">The folder holds no finished run of these stages on molecules.</exception>
    public static MoleculeStageRun Read(string folder, params string[] stages)
    {
        var wanted = stages.Length == 0 ? "a stage with --data" : string.Join(" or ", stages.Select(stage => $"{StageFolder.CommandOf(stage)} on molecules"));
        var run = StageFolder.Read(folder, FormatName, wanted, stages, root => root.Deserialize(SummaryJson.Pretty.MoleculeStageRun)!, run => run.Stage);
        return run.WithFolders(stored => StageFolder.FromWorkingDirectory(folder, stored)) with { Folder = folder };
    }

    /// <summary>As a command sees it that finds the run finished.</summary>
    internal MoleculeStageRun AllFound() => this with { Parts = [.. Parts.Select(part => part with { Found = true })] };

    private MoleculeStageRun WithFolders(Func<string, string> change) => this with
    {
        WeakRun = WeakRun == null ? null : change(WeakRun),
        Parts = Parts.WithFolders(change),
    };
}
