using System.Globalization;
using Serilog;
using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// A pool of processes of the built program on this machine. All workers are given the whole plan and share it out by
/// their leases, so that one which dies costs nothing but what it had not saved: another takes its run over, and a new
/// process takes its place.
/// </summary>
internal sealed class LocalLauncher(LocalOptions options) : ILauncher
{
    private const int Done = 0, Failed = 1, StoppedEarly = 75;

    public LaunchResult Launch(LaunchRequest request, RunServices run)
    {
        var lines = request.Levels.Sum(level => level.Lines.Count);
        var cores = Environment.ProcessorCount;
        var asked = options.Workers > 0 ? options.Workers : options.Gpus.Count > 0 ? options.Gpus.Count : Math.Max(1, cores / Math.Max(1, options.Threads));
        var workers = Math.Min(asked, lines);
        var threads = options.Threads > 0 ? options.Threads : Math.Max(1, cores / Math.Max(1, workers));
        if (options.InProcess) return InProcess(request, workers, threads, run);

        var pool = Enumerable.Range(0, workers).Select(number => new WorkerProcess(request, number, workers, threads, options.Gpus)).ToList();
        var failed = false;
        try
        {
            using var progress = run.Progress.Begin($"sweep {request.Name}", "runs", lines);
            var identities = Pending(request);
            while (pool.Count > 0)
            {
                if (run.Stop.IsSet) pool.ForEach(worker => worker.AskToStop());
                Thread.Sleep(200);
                var left = identities.RemoveAll(RunResult.Exists) >= 0 ? identities.Count : 0;
                progress.Report(lines - left);
                foreach (var worker in pool.Where(worker => worker.HasExited).ToList())
                {
                    pool.Remove(worker);
                    var code = worker.ExitCode;
                    worker.Dispose();
                    failed |= code == Failed;
                    if (code is Done or Failed || (code == StoppedEarly && (run.Stop.IsSet || request.MaxMinutes != null))) continue;
                    if (code == 2) throw new UserErrorException($"A worker refused its work: {worker.ErrorEnd}");
                    if (run.Stop.IsSet) continue;
                    run.Log.Warning("Worker {Number} ended with code {Code}; another takes its place", worker.Number, code);
                    pool.Add(worker.Again());
                }
            }
        }
        finally
        {
            pool.ForEach(worker => worker.AskToStop());
            pool.ForEach(worker => worker.Dispose());
        }
        if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
        if (request.MaxMinutes is { } minutes && Pending(request).Exists(folder => !RunResult.Exists(folder)) && !failed)
            throw new StoppedException(string.Create(CultureInfo.InvariantCulture, $"--max-minutes {minutes}"));
        return new LaunchResult(true, [], "");
    }

    private static LaunchResult InProcess(LaunchRequest request, int workers, int threads, RunServices run)
    {
        var plan = SweepPlan.Load(request.Folder);
        SweepWorker.Work(plan, plan.Runs, new WorkOptions { Parallel = workers, Threads = threads }, run);
        return new LaunchResult(true, [], "");
    }

    private static List<string> Pending(LaunchRequest request)
    {
        var plan = SweepPlan.Load(request.Folder);
        return [.. request.Levels.SelectMany(level => level.Lines).Select(line => plan.Folder.Run(plan.Runs[line - 1].Identity))];
    }
}
