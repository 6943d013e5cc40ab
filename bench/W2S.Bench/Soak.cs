using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Long trainings on torch beside a thread that allocates and collects without pause, as TorchSharp's finalisers are feared
/// to need: the same bits as without the neighbour, no error, and memory that does not grow.
/// </summary>
internal static class Soak
{
    private const int Chunk = 100;

    /// <summary>What heaps and arenas may still take after a tenth of the steps.</summary>
    private const long MostGrowth = 48L << 20;

    /// <returns>The exit code: 1 where bits or memory are not as they must be.</returns>
    public static int Run(int steps, TextWriter writer)
    {
        var isSound = true;
        writer.WriteLine($"{"trainer",-24} {"steps",9} {"memory after a tenth",22} {"at the end",12} {"bits",10}");
        foreach (var (name, create) in Trainers(steps))
        {
            var (alone, _, _) = Train(create, steps, hasNeighbour: false);
            var (beside, early, late) = Train(create, steps, hasNeighbour: true);
            var areEqual = alone.Zip(beside).All(pair => pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes));
            isSound &= areEqual && late - early < MostGrowth;
            writer.WriteLine($"{name,-24} {steps,9:N0} {early / 1e6,19:N0} MB {late / 1e6,9:N0} MB {(areEqual ? "equal" : "UNLIKE"),10}");
        }
        return isSound ? 0 : 1;
    }

    private static IEnumerable<(string Name, Func<ITrainingJob> Create)> Trainers(int steps)
    {
        var optimiser = new OptimiserOptions { Batch = 32, Epochs = 1 + steps / 4 };
        var study = new Study { Pretraining = new Study.PretrainingOptions { Tasks = 4, Samples = 128, Optimiser = optimiser } };
        yield return ("network, torch", () =>
        {
            var engine = new TorchEngine("cpu", 1);
            return engine.Pretrain(new GaussianTasks(study, engine).Pretraining(study.Weak));
        });
        yield return ("heads, torch", () =>
        {
            var features = TaskSamples.Gaussian(0, "soak features", 4, 128, 16, 1);
            var labels = TaskSamples.Gaussian(0, "soak labels", 4, 128, 1, 1);
            var initial = LinearHeads.Initialise(0, "soak heads", 4, 16, hasBias: true);
            return new TorchEngine("cpu", 1).FitHeads(new HeadProblem("soak", initial, features, labels, optimiser, 0, "soak order"));
        });
        yield return ("encoder, torch", () =>
        {
            var settings = new EncoderSettings
            {
                Corpora = [MoleculeDataSet.SyntheticName], Hidden = 8, Layers = 1, Pretraining = new EncoderPretrainingOptions { Batch = 4, Epochs = 1 + steps / 4000, Dropout = 0.1 },
            };
            var corpus = EncoderSources.Load(settings, new DataFolders([]), RunServices.Silent);
            return ((IEncoderEngine)new TorchEngine("cpu", 1)).Pretrain(corpus.Problem(settings, "soak"));
        });
    }

    private static (IReadOnlyList<NamedTensor> State, long Early, long Late) Train(Func<ITrainingJob> create, int steps, bool hasNeighbour)
    {
        using var stop = new CancellationTokenSource();
        var neighbour = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                for (var block = 0; block < 100; block++) GC.KeepAlive(new byte[10_000]);
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }) { IsBackground = true };
        if (hasNeighbour) neighbour.Start();
        var job = create();
        try
        {
            var early = 0L;
            for (var step = 0L; step < steps; step += Chunk)
            {
                job.Advance(step, (int)Math.Min(Chunk, steps - step));
                if (early == 0 && step >= steps / 10) early = Environment.WorkingSet;
            }
            return ([.. job.Save()], early, Environment.WorkingSet);
        }
        finally
        {
            stop.Cancel();
            if (hasNeighbour) neighbour.Join();
            (job as IDisposable)?.Dispose();
        }
    }
}
