using W2S.Experiments;
using W2S.Training;

namespace W2S.Runs;

/// <summary>What a command would do, part by part; nothing is trained for it, and nothing written.</summary>
/// <param name="Folder">The run's; it need not be there.</param>
internal sealed record Forecast(string Folder, IReadOnlyList<ForecastPart> Parts)
{
    /// <summary>What a pretrained network, or one that is derived from the truth, would cost, and where it lies or would lie.</summary>
    /// <param name="root">The folder of trained representations.</param>
    internal static ForecastPart Representation(Study study, string role, string root, IEngine engine)
    {
        var (options, name) = (study.Of(role), $"{role} representation");
        if (!study.IsGaussian)
        {
            return options.From is [var saved, ..]
                ? new ForecastPart(name, "read", 0, 0, string.Join(", ", options.From.Count == 1 ? [saved] : options.From))
                : new ForecastPart(name, $"pretrain, or find: a transformer of width {options.Encoder.Hidden}, {options.Encoder.Pretraining.Epochs} epochs", 0, 0, root);
        }
        if (options.Source != RepresentationSource.Pretrained) return new ForecastPart(name, options.Source == RepresentationSource.Truth ? "derive: h* itself" : $"derive: h* with noise {options.Noise}", 0, 0, "");
        var shape = new GaussianTasks(study, engine).Shape(options);
        var (pretraining, optimiser) = (study.Pretraining, study.Pretraining.Optimiser);
        var steps = (long)Batches(pretraining.Samples, optimiser.Batch) * pretraining.Tasks * optimiser.Epochs;
        var folder = new MlpStore(root, new TrainingOptions(), RunServices.Silent).Folder(study, options, engine);
        var there = Directory.Exists(folder) ? CheckpointInspector.List(folder).Where(checkpoint => checkpoint.IsLast).Select(checkpoint => checkpoint.Step).DefaultIfEmpty(0).Max() : 0;
        var what = there >= steps ? "found" : there > 0 ? $"continue from step {ProgressText.Count(there)}" : "train";
        var operations = Operations(shape.ParameterCount, (double)pretraining.Samples * pretraining.Tasks * optimiser.Epochs) * (steps - Math.Min(there, steps)) / Math.Max(1, steps);
        return new ForecastPart(name, $"{what}, {shape}", steps - Math.Min(there, steps), operations, folder);
    }

    /// <summary>What fitting heads would cost.</summary>
    /// <param name="stages">"weak, student and strong".</param>
    internal static ForecastPart Heads(Study study, string stages, int count, IEngine engine)
    {
        var solver = HeadSolvers.Create(study, engine, 1, null, new TrainingOptions(), RunServices.Silent);
        if (!study.IsGaussian || study.Heads.Solver != HeadSolver.AdamW) return new ForecastPart($"{stages} heads", $"fit, {solver.Description}", 0, 0, "");
        var heads = study.Heads;
        var steps = (long)Batches(heads.Samples, heads.Optimiser.Batch) * heads.Optimiser.Epochs * count;
        var weights = (study.RepresentationWidth + 1) * study.Targets;
        return new ForecastPart(
            $"{stages} heads", $"fit, {heads.Tasks} tasks, {solver.Description}", steps,
            Operations(weights, (double)heads.Samples * heads.Tasks * heads.Optimiser.Epochs) * count, "");
    }

    private static int Batches(int samples, int batch) => (samples + batch - 1) / batch;

    /// <summary>A multiply-add for each weight forwards, and two backwards, for its own gradient and its input's; a multiply-add is two.</summary>
    private static double Operations(double weights, double samples) => 6 * weights * samples;
}

/// <summary>A representation, or the heads of some stages.</summary>
/// <param name="Name">"fig2b, seed 0: weak representation".</param>
/// <param name="What">"train, 8-16-16", "found, 8-16-16", "fit, 100 tasks, adamw, 1000 epochs".</param>
/// <param name="Steps">Of training that are left; 0 where nothing is trained, or it is not known how much.</param>
/// <param name="Operations">Of that training, a multiply-add counted as two.</param>
/// <param name="Place">Where it lies or would lie; empty for the run's folder.</param>
internal sealed record ForecastPart(string Name, string What, long Steps, double Operations, string Place);
