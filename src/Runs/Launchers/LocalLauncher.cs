using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Runs.Launchers;

/// <summary>
/// A pool of processes of the built program on this machine. All workers are given the whole plan and share it out by
/// their leases, so that one which dies costs nothing but what it had not saved: another takes its run over, and a new
/// process takes its place.
/// </summary>
internal sealed partial class LocalLauncher(LocalLauncher.Options options) : ILauncher
{
    /// <summary>Beyond the deaths that runs may cause.</summary>
    private const int ShortLives = 10;

    public ILauncher.Result Launch(ILauncher.Request request, RunServices run)
    {
        var lines = request.Levels.Sum(level => level.Lines.Count);
        var cores = Environment.ProcessorCount;
        var asked = options.Workers > 0 ? options.Workers
            : options.Gpus.Count > 0 ? options.Gpus.Count
            : Math.Max(1, cores / Math.Max(1, options.Threads));
        var workers = Math.Min(asked, lines);
        var threads = options.Threads > 0 ? options.Threads : Math.Max(1, cores / Math.Max(1, workers));
        var plan = SweepPlan.Load(request.Folder);
        if (options.InProcess) SweepWorker.Work(plan, plan.Runs, new SweepWorker.Options { Parallel = workers, Threads = threads }, run);
        else InProcesses(plan, request, lines, workers, threads, run);
        return new ILauncher.Result(true, [], "");
    }

    private void InProcesses(SweepPlan plan, ILauncher.Request request, int lines, int workers, int threads, RunServices run)
    {
        var pending = request.Levels.SelectMany(level => level.Lines)
            .Select(line => plan.Runs[line - 1]).Select(planned => (planned.Name, Folder: plan.Folder.Run(planned.Identity))).ToList();
        var pool = new Pool(request, workers, threads, options.Gpus, plan.Options.Deaths + ShortLives, run);
        using (var progress = run.Progress.Begin($"sweep {request.Name}", "runs", lines))
        {
            pool.Run(() =>
            {
                pending.RemoveAll(planned => PlannedRun.Result.Exists(planned.Folder));
                progress.Report(lines - pending.Count);
                // A run whose worker died is held no more, and is not shown until another takes it over.
                var held = pending.Where(planned => HeartbeatLease.StateOf(planned.Folder) == HeartbeatLease.State.Held);
                progress.Working([.. held.Select(planned => planned.Name)]);
            });
        }
        if (plan.Pending().Count == 0) return;
        if (pool.TimedOut)
            throw new StoppedException(string.Create(CultureInfo.InvariantCulture, $"--max-minutes {request.MaxMinutes}"));
        // What ended the workers was no run's failure, but a full disk, say, or a missing library.
        run.Log.Warning("Workers ended before all was done: {Words}", pool.LastWords);
    }

    /// <summary>The pool of processes on this machine.</summary>
    internal sealed record Options
    {
        [Description("Worker processes; 0 means one for each GPU that is named, else one for each core.")]
        [Range(0, 4096)]
        public int Workers { get; init; }

        [Description("Threads of each worker, which also are the cores that it is kept on; 0 means the cores shared out among the "
            + "workers.")]
        [Range(0, 1024)]
        public int Threads { get; init; }

        [Description("Numbers of the GPUs to share out, as CUDA_VISIBLE_DEVICES of the workers; empty leaves that variable alone.")]
        public IReadOnlyList<int> Gpus { get; init; } = [];

        [Description("Debugging: runs in this process, where a debugger sees them; workers are then threads.")]
        public bool InProcess { get; init; }
    }
}
