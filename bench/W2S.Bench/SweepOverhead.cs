using W2S.Experiments;
using W2S.Training;

namespace W2S.Bench;

/// <summary>What a sweep of so many runs costs beside the arithmetic of its runs.</summary>
/// <param name="Plan">Seconds to make and write the plan.</param>
/// <param name="Worker">Seconds of a worker process that finds all done: start of the program, reading the plan, looking at every run.</param>
/// <param name="StartAndSave">Seconds of all runs in one process, their arithmetic taken off: leases, logs, results, each flushed to the disk.</param>
/// <param name="Status">Seconds of sweep status.</param>
/// <param name="Collect">Seconds of reading all results and writing results.csv and report.html.</param>
/// <param name="Files">Files and folders in the sweep's folder.</param>
/// <param name="Bytes">Sum of their lengths.</param>
internal sealed record SweepCost(int Runs, double Plan, double Worker, double StartAndSave, double Status, double Collect, int Files, long Bytes);

/// <summary>Sweeps of the smallest runs there are (one task, 20 samples, least squares), so that nothing but overhead is left.</summary>
internal static class SweepOverhead
{
    private const string Study = """
        panels: 2c
        settings:
          heads: { tasks: 1, samples: 20, solver: exact }
          evaluation: { samples: 20 }
        grid: { seed: 0..LAST }
        """;

    public static IReadOnlyList<SweepCost> Measure(int most, Action<string> say)
    {
        Cost(10); // The first is not of compiled code.
        var costs = new List<SweepCost>();
        for (var runs = 10; runs <= most; runs *= 10)
        {
            costs.Add(Cost(runs));
            say($"{runs} runs");
        }
        return costs;
    }

    public static void Print(IReadOnlyList<SweepCost> costs, TextWriter writer)
    {
        var table = new TextTable(
            ["runs", "plan", "start and save", "each", "worker that finds all done", "status", "collect", "files", "bytes, each"],
            [.. costs.Select(cost => (IReadOnlyList<string>)
            [
                $"{cost.Runs}", NumberText.Duration(cost.Plan), NumberText.Duration(cost.StartAndSave), $"{NumberText.Measure(1000 * cost.StartAndSave / cost.Runs)} ms",
                NumberText.Duration(cost.Worker), NumberText.Duration(cost.Status), NumberText.Duration(cost.Collect),
                $"{cost.Files}", $"{NumberText.Measure(cost.Bytes / 1000.0 / cost.Runs)} kB",
            ])]);
        writer.Write(table.ToMarkdown());
    }

    private static SweepCost Cost(int runs)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-sweep-").FullName;
        try
        {
            var path = Path.Combine(folder, "sweep");
            var plan = default(SweepPlan)!;
            var planning = Kernel.Seconds(() => plan = SweepPlanner.Plan(SweepFile.Parse(Study.Replace("LAST", $"{runs - 1}"), "bench"), path).Plan);
            var working = Kernel.Seconds(() => SweepWorker.Work(plan, plan.Runs, new WorkOptions(), RunServices.Silent));
            var arithmetic = Arithmetic(plan, folder) * runs;
            var worker = WholeRuns.Run("sweep", "work", path, "--quiet");
            var status = default(SweepStatus)!;
            var looking = Kernel.Seconds(() => status = SweepStatus.Of(SweepPlan.Load(path), TimeProvider.System));
            var collecting = Kernel.Seconds(() => SweepCollection.Read(SweepPlan.Load(path)).Write(status, new ReportContext("bench sweeps")));
            if (status.Done != runs) throw new InvalidOperationException($"{status.Done} of {runs} runs are done.");
            var entries = new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
            return new SweepCost(runs, planning, worker, working - arithmetic, looking, collecting, entries.Count, entries.OfType<FileInfo>().Sum(file => file.Length));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seconds of one run without lease, log and files.</summary>
    private static double Arithmetic(SweepPlan plan, string folder)
    {
        var measured = plan.Runs.Take(200).ToList();
        var place = new RunPlace(folder, 1, new TrainingOptions(), _ => throw new InvalidOperationException("These runs need nothing."));
        return Kernel.Seconds(() => measured.ForEach(run =>
        {
            var kind = RunKinds.Find(run.Kind);
            kind.Run(kind.Read(run.Settings), place, RunServices.Silent);
        })) / measured.Count;
    }
}
