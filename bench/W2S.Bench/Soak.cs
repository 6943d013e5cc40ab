using System.Runtime.InteropServices;
using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Long trainings on torch beside a thread that allocates and collects without pause, as TorchSharp's finalisers are feared
/// to need: the same bits as without the neighbour, no error, and memory that does not grow. Memory stands after each tenth of the
/// steps, so that what levels off is told from what goes on; steps that come faster than collections hold more of it meanwhile.
/// </summary>
internal static partial class Soak
{
    private const int Chunk = 100;

    /// <summary>What heaps and arenas may still take after a tenth of the steps.</summary>
    private const long MostGrowth = 48L << 20;

    /// <returns>The exit code: 1 where bits or memory are not as they must be.</returns>
    public static int Run(int steps, TextWriter writer)
    {
        var isSound = true;
        writer.WriteLine($"{"trainer",-16} {"steps",9} {"bits",7}  MB after each tenth (from the C library, of them)");
        foreach (var (name, create) in Trainers(steps))
        {
            var (alone, _) = Train(create, steps, hasNeighbour: false);
            var (beside, memory) = Train(create, steps, hasNeighbour: true);
            var areEqual = alone.Zip(beside).All(pair => pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes));
            isSound &= areEqual && memory[^1].All - memory[0].All < MostGrowth;
            writer.WriteLine($"{name,-16} {steps,9:N0} {(areEqual ? "equal" : "UNLIKE"),7}  {string.Join(", ", memory)}");
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
                Corpora = [MoleculeDataSet.SyntheticName], Hidden = 8, Layers = 1,
                Pretraining = new EncoderPretrainingOptions { Batch = 4, Epochs = 1 + steps / 4000, Dropout = 0.1 },
            };
            var corpus = EncoderStore.LoadCorpora(settings, new DataFolders([]), RunServices.Silent);
            return ((IEncoderEngine)new TorchEngine("cpu", 1)).Pretrain(corpus.Problem(settings, "soak"));
        });
    }

    private static (IReadOnlyList<NamedTensor> State, IReadOnlyList<Memory> Tenths) Train(
        Func<ITrainingJob> create, int steps, bool hasNeighbour)
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
            var tenths = new List<Memory>();
            for (var step = 0L; step < steps; step += Chunk)
            {
                job.Advance(step, (int)Math.Min(Chunk, steps - step));
                if (Math.Min(steps, step + Chunk) * 10 >= steps * (tenths.Count + 1L)) tenths.Add(Memory.Now);
            }
            return ([.. job.Save()], tenths);
        }
        finally
        {
            stop.Cancel();
            if (hasNeighbour) neighbour.Join();
            (job as IDisposable)?.Dispose();
        }
    }

    /// <summary>Bytes of this process.</summary>
    /// <param name="All">What lies in memory.</param>
    /// <param name="Native">What is allocated from the C library, tensors among it; 0 where that is not glibc.</param>
    private readonly partial record struct Memory(long All, long Native)
    {
        public static Memory Now => new(Environment.WorkingSet, OperatingSystem.IsLinux() ? (long)Allocations().InUse : 0);

        public override string ToString() => $"{All / 1e6:N0} ({Native / 1e6:N0})";

        [LibraryImport("libc", EntryPoint = "mallinfo2")]
        private static partial Mallinfo Allocations();

        /// <summary>struct mallinfo2 of glibc: ten sizes.</summary>
        [StructLayout(LayoutKind.Sequential)]
        private readonly struct Mallinfo
        {
            public readonly nuint Arena, FreeBlocks, FastBlocks, MappedBlocks, Mapped, MostInUse, FastFree, InUse, Free, Releasable;
        }
    }
}
