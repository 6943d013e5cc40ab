using System.Diagnostics;

namespace W2S.Runs.Launchers;

/// <summary>Worker processes, each kept going until it has nothing more to do: one that dies is replaced.</summary>
/// <param name="start">Starts the worker of a number.</param>
/// <param name="mostShortLives">A worker that dies within seconds more often in a row is not replaced: it cannot be a run's doing.</param>
internal sealed class WorkerPool(Func<int, WorkerProcess> start, int workers, int mostShortLives, RunServices run)
{
    private const int Done = 0, Failed = 1, UserMistake = 2, StoppedEarly = 75;

    /// <summary>Looking at thousands of runs takes a while, which must stay a small part of the time.</summary>
    private const int PauseOfLooks = 20;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether one of them stopped by its own clock.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>What a worker said last that ended because runs failed, or something else did; empty where none ended so.</summary>
    public string LastWords { get; private set; } = "";

    /// <summary>Runs them to their end.</summary>
    /// <param name="maxMinutes">Whether workers stop by their own clocks.</param>
    /// <param name="look">Called every now and then.</param>
    /// <exception cref="StoppedException">Asked to stop; all have saved and ended.</exception>
    /// <exception cref="UserErrorException">A worker cannot be started, or refuses its work.</exception>
    public void Run(bool maxMinutes, Action look)
    {
        var pool = Enumerable.Range(0, workers).Select(start).ToList();
        try
        {
            var nextLook = 0L;
            while (pool.Count > 0)
            {
                if (run.Stop.IsSet) pool.ForEach(worker => worker.AskToStop());
                Thread.Sleep(Beat);
                if (Stopwatch.GetTimestamp() >= nextLook) nextLook = Look(look);
                foreach (var worker in pool.Where(worker => worker.HasExited).ToList())
                {
                    using (worker)
                    {
                        pool.Remove(worker);
                        TimedOut |= maxMinutes && worker.ExitCode == StoppedEarly;
                        if (Successor(worker, maxMinutes) is { } successor) pool.Add(successor);
                    }
                }
            }
            look();
        }
        finally
        {
            pool.ForEach(worker => worker.AskToStop());
            pool.ForEach(worker => worker.Dispose());
        }
        if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
    }

    /// <summary>Who takes the place of a worker that ended; null where its work is over.</summary>
    private WorkerProcess? Successor(WorkerProcess worker, bool maxMinutes)
    {
        switch (worker.ExitCode)
        {
            case Done: return null;
            case StoppedEarly when maxMinutes: return null;
            case UserMistake: throw new UserErrorException($"A worker refused its work: {worker.ErrorEnd}");
            case Failed:
                LastWords = worker.ErrorEnd;
                return null;
        }
        if (run.Stop.IsSet) return null;
        if (worker.ShortLives >= mostShortLives)
            throw new UserErrorException($"Worker {worker.Number} ended with code {worker.ExitCode} soon after its start, {worker.ShortLives + 1} times in a row, and is not started again: {worker.ErrorEnd}");
        run.Log.Warning("Worker {Number} ended with code {Code}; another takes its place", worker.Number, worker.ExitCode);
        return worker.Again();
    }

    /// <summary>When to look next.</summary>
    private static long Look(Action look)
    {
        var before = Stopwatch.GetTimestamp();
        look();
        var now = Stopwatch.GetTimestamp();
        return now + PauseOfLooks * (now - before);
    }
}
