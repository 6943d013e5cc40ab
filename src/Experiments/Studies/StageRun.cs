using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>A single stage's run: what was fitted, what was measured on fresh samples, and where it is kept.</summary>
/// <param name="Stage">"weak", "student", "strong" or "evaluation".</param>
/// <param name="Folder">The run's folder; relative ones are relative to the working directory.</param>
/// <param name="WeakRun">Folder of the weak run that labelled the student's inputs; null elsewhere.</param>
/// <param name="Tasks">Mean squared errors by task; null for what the stage does not have.</param>
public sealed record StageRun(
    string Stage,
    string Folder,
    string? WeakRun,
    long Seed,
    string Engine,
    IReadOnlyList<RepresentationResult> Representations,
    IReadOnlyList<StageTask> Tasks,
    double Seconds)
{
    private const string FileName = "summary.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Mean of a measure over the tasks; null where the stage does not have it.</summary>
    public double? Mean(Func<StageTask, double?> measure) => Tasks.Any(task => measure(task) == null) ? null : Tasks.Average(task => measure(task)!.Value);

    public void Write() => AtomicFile.WriteAllText(Path.Combine(Folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="UserErrorException">The folder holds no finished run of that stage.</exception>
    public static StageRun Read(string folder, params string[] stages)
    {
        var path = Path.Combine(folder, FileName);
        var wanted = string.Join(" or ", stages.Select(stage => $"train-{(stage == "student" ? "w2s" : stage)}"));
        if (!File.Exists(path))
            throw new UserErrorException($"{folder} holds no finished run: there is no {path}. Give the folder that {wanted} names when it ends.");
        try
        {
            var run = JsonSerializer.Deserialize<StageRun>(File.ReadAllText(path), Json);
            if (run?.Stage != null && stages.Contains(run.Stage)) return run with { Folder = folder };
            throw new UserErrorException($"{folder} holds a run of the stage {run?.Stage ?? "of no name"}. Give the folder of a run of {wanted}.");
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path} is not the summary of a stage: {error.Message} Give the folder of a run of {wanted}.");
        }
    }
}

/// <summary>One task's measures, null for what was not fitted.</summary>
public sealed record StageTask(int Task, double? WeakError, double? StudentError, double? StrongError, double? Misfit)
{
    /// <summary>Weak error − student error.</summary>
    public double? Gain => WeakError - StudentError;
}
