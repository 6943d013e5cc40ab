using W2S.Experiments;
using W2S.Reporting;
using W2S.Reporting.Tables;
using W2S.Runs;
using W2S.Runs.Kinds;
using W2S.Runs.Leases;
using W2S.Runs.Plans;
using W2S.Runs.Results;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Bench;

/// <summary>What a sweep of so many runs costs beside the arithmetic of its runs.</summary>
/// <param name="Plan">Seconds to make and write the plan.</param>
/// <param name="Start">Seconds in which as many runs are begun and left: folder, lease taken and given back, log.</param>
/// <param name="Save">Seconds of all runs in one process, their arithmetic and Start taken off: results, each flushed to the disk.</param>
/// <param name="Worker">
/// Seconds of a process that is given one run and finds it done: what a run costs that has a process of its own.
/// </param>
/// <param name="Status">Seconds of sweep status.</param>
/// <param name="Collect">Seconds of reading all results and writing results.csv and report.html.</param>
/// <param name="Files">Files and folders in the sweep's folder.</param>
/// <param name="Bytes">Sum of their lengths.</param>
internal sealed record SweepCost(
    int Runs, double Plan, double Start, double Save, double Worker, double Status, double Collect, int Files, long Bytes);

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
            ["runs", "plan, each", "start, each", "save, each", "collect, each", "all of it", "collect alone", "status", "a process",
                "files", "bytes, each"],
            [.. costs.Select(cost => (IReadOnlyList<string>)
            [
                $"{cost.Runs}", Each(cost.Plan, cost), Each(cost.Start, cost), Each(cost.Save, cost), Each(cost.Collect, cost),
                NumberText.Duration(cost.Plan + cost.Start + cost.Save + cost.Collect), NumberText.Duration(cost.Collect),
                NumberText.Duration(cost.Status), NumberText.Duration(cost.Worker),
                $"{cost.Files}", $"{NumberText.Measure(cost.Bytes / 1000.0 / cost.Runs)} kB",
            ])]);
        writer.Write(table.ToMarkdown());
    }

    private static string Each(double seconds, SweepCost cost) => $"{NumberText.Measure(1000 * seconds / cost.Runs)} ms";

    private static SweepCost Cost(int runs)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-sweep-").FullName;
        try
        {
            var path = Path.Combine(folder, "sweep");
            var plan = default(SweepPlan)!;
            var planning = Times.Of(
                () => plan = Sweep.Plan(SweepFile.Parse(Study.Replace("LAST", $"{runs - 1}"), "bench"), path).Plan);
            var working = Times.Of(() => SweepWorker.Work(plan, plan.Runs, new SweepWorker.Options(), RunServices.Silent));
            var arithmetic = Arithmetic(plan, folder) * runs;
            var starting = Starts(plan, Path.Combine(folder, "starts"));
            var worker = WholeRuns.Seconds("sweep", "work", path, "--lines", "1", "--quiet");
            var status = default(SweepStatus)!;
            var looking = Times.Of(() => status = SweepStatus.Of(SweepPlan.Load(path), TimeProvider.System));
            var collecting = Times.Of(() => SweepCollection.Read(SweepPlan.Load(path)).Write(status, new ReportContext("bench sweeps")));
            if (status.Done != runs) throw new InvalidOperationException($"{status.Done} of {runs} runs are done.");
            var entries = new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
            return new SweepCost(
                runs, planning, starting, working - arithmetic - starting, worker, looking, collecting, entries.Count,
                entries.OfType<FileInfo>().Sum(file => file.Length));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seconds of what comes before a run's own work, and of letting it go, for all runs of a plan.</summary>
    private static double Starts(SweepPlan plan, string path)
    {
        var folder = new SweepFolder(path);
        using var keeper = new HeartbeatLease.Keeper(TimeProvider.System, HeartbeatLease.Beat);
        return Times.Of(() =>
        {
            foreach (var run in plan.Runs)
            {
                var its = Directory.CreateDirectory(folder.Run(run.Identity)).FullName;
                var lease = HeartbeatLease.TryAcquire(its, TimeProvider.System)
                    ?? throw new InvalidOperationException($"Somebody else has {its}.");
                keeper.Keep(lease, new StopSignal());
                using (var log = new SweepWorker.Execution.Log(its, Serilog.Core.Logger.None))
                    log.Logger.Debug("Line {Line}, {Name}, begins as {Claim}", run.Line, run.Name, lease.Own);
                keeper.LetGo(lease);
            }
        });
    }

    /// <summary>Seconds of one run without lease, log and files.</summary>
    private static double Arithmetic(SweepPlan plan, string folder)
    {
        var measured = plan.Runs.Take(200).ToList();
        var place = new RunKind.Place(
            folder, 1, new TrainingOptions(), _ => throw new InvalidOperationException("These runs need nothing."));
        return Times.Of(() => measured.ForEach(run =>
        {
            var kind = SweepWorker.KindOf(run.Kind);
            kind.Run(kind.Read(run.Settings), place, RunServices.Silent);
        })) / measured.Count;
    }
}
