using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Fits the heads of a stage, all tasks together, on features computed once; keeps checkpoints in a folder per stage.</summary>
public sealed class HeadStages(
    StudyOptions options, IEngine engine, int threads, string folder, TrainingOptions training, RunServices run)
{
    private readonly Dictionary<string, LinearHeads> _fitted = [];
    private readonly List<StagePart> _parts = [];

    /// <summary>Where the checkpoints of unfinished stages are.</summary>
    public string Folder => folder;

    /// <summary>The heads fitted so far, by stage.</summary>
    public IReadOnlyDictionary<string, LinearHeads> Fitted => _fitted;

    /// <summary>How they were fitted, in that order.</summary>
    public IReadOnlyList<StagePart> Parts => _parts;

    /// <param name="stage">"weak", "student" or "strong": names the folder and the random streams.</param>
    /// <param name="features">[tasks, samples, width] of the frozen representation.</param>
    /// <param name="labels">[tasks, samples, 1].</param>
    public LinearHeads Fit(string stage, TaskSamples features, TaskSamples labels) => _fitted[stage] = options.Heads.Solver == HeadSolver.Exact
        ? Solve(stage, features, labels)
        : Descend(stage, features, labels);

    private LinearHeads Solve(string stage, TaskSamples features, TaskSamples labels)
    {
        _parts.Add(new StagePart($"{stage} heads", $"{features.Tasks} tasks, least squares", 0, null, null) { Found = false });
        return ExactHeads.Fit(features, labels, options.Heads.Bias, threads);
    }

    private LinearHeads Descend(string stage, TaskSamples features, TaskSamples labels)
    {
        var heads = options.Heads;
        var initial = LinearHeads.Initialise(options.Seed, $"{stage}/initial", features.Tasks, features.Width, heads.Bias, heads.Activation);
        var problem = new HeadProblem(
            $"{options.Name} {stage} heads (seed {options.Seed})", initial, features, labels, heads.Optimiser, options.Seed, $"{stage}/order");
        var identity = Fingerprint.Of(new { Kind = "heads", Stage = stage, Options = options.For(stage) with { Name = "", Title = "", Expectation = "" }, Engine = engine.Name });
        var checkpoints = Path.Combine(folder, stage);
        using var job = engine.FitHeads(problem);
        var outcome = TrainingLoop.Run(job, training, new CheckpointStore(checkpoints, identity, run.Time), run);
        _parts.Add(new StagePart($"{stage} heads", $"{features.Tasks} tasks, adamw", outcome.Steps, outcome.FinalLoss, checkpoints) { Found = outcome.WasFinished });
        return job.Heads;
    }
}
