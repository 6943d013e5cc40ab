using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Heads of one width by AdamW on standardised samples, those with as many samples as one problem.</summary>
internal sealed class GradientHeads(MoleculeHeadOptions options, long seed, string device, int threads, string? checkpoints, RunServices run)
{
    // Numbers in one problem: the samples of all its tasks. The engines hold them two or three times.
    private const long MostNumbers = 1L << 25;

    /// <param name="tasks">All of one width and number of samples.</param>
    public IReadOnlyList<MoleculeHead> Fit(IReadOnlyList<MoleculeHeadTask> tasks)
    {
        var (features, rows) = (tasks[0].Features, tasks[0].Rows);
        var each = (long)rows.Count * features.Fitting.Count * features.Width;
        var together = (int)Math.Max(1, MostNumbers / each);
        return [.. tasks.Chunk(together).SelectMany(FitTogether)];
    }

    private IEnumerable<MoleculeHead> FitTogether(MoleculeHeadTask[] tasks)
    {
        var samples = tasks.Select(task => new StandardisedSamples(task)).ToArray();
        using var job = Engine(samples[0].Width).FitHeads(Problem(tasks, samples));
        var identity = Fingerprint.Of(new { Kind = "molecule heads", Tasks = tasks.Select(task => task.Name), Options = options, Seed = seed, job.Engine });
        var store = checkpoints == null ? null : new CheckpointStore(Path.Combine(checkpoints, Fingerprint.Short(identity)), identity, run.Time);
        TrainingLoop.Run(job, new TrainingOptions { KeepNewest = 1, KeepBest = false, LogEvery = new Duration(10, DurationUnit.Percent) }, store, run);
        var heads = job.Heads;
        return [.. samples.Select((fitted, task) => fitted.InRepresentation([.. heads.Weight(task).ToArray().Select(weight => (double)weight)], heads.Biases[task]))];
    }

    private HeadProblem Problem(MoleculeHeadTask[] tasks, StandardisedSamples[] samples)
    {
        var (count, width) = (samples[0].Count, samples[0].Width);
        var initial = new LinearHeads(tasks.Length, width, hasBias: true, HeadActivation.None);
        var (features, labels) = (new TaskSamples(tasks.Length, count, width), new TaskSamples(tasks.Length, count, 1));
        for (var task = 0; task < tasks.Length; task++)
        {
            var alone = LinearHeads.Initialise(seed, $"molecules/{tasks[task].Name}/initial", 1, width, hasBias: true, HeadActivation.None);
            alone.Weights.CopyTo(initial.Weight(task));
            initial.Biases[task] = alone.Biases[0];
            Copy(samples[task].Inputs, features.Task(task));
            Copy(samples[task].Labels, labels.Task(task));
        }
        // Disturbed draws of a molecule are samples of their own; an epoch of the options is one pass over the molecules.
        var draws = tasks[0].Features.Fitting.Count;
        var optimiser = options.Optimiser with { Epochs = Math.Max(1, options.Optimiser.Epochs / draws) };
        var name = tasks.Length == 1 ? tasks[0].Name : $"{tasks[0].Name} and {tasks.Length - 1} more";
        return new HeadProblem(name, initial, features, labels, optimiser, seed, "molecules/heads/order");
    }

    /// <summary>The kernels where they are wide enough, else TorchSharp.</summary>
    private IEngine Engine(int width) => device == "cpu" && FusedEngine.Supports(new LinearHeads(1, width, hasBias: true, HeadActivation.None))
        ? new FusedEngine(threads)
        : new TorchEngine(device, threads);

    private static void Copy(double[] from, Span<float> to)
    {
        for (var place = 0; place < from.Length; place++) to[place] = (float)from[place];
    }
}
