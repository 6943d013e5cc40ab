namespace W2S.Runs.Work;

/// <summary>
/// The executor of everything that runs side by side in a process, panels of a study, points of an experiment and runs of a sweep:
/// jobs on a fixed number of threads, each as soon as what it needs is done, in the order given where there is a choice. Results do
/// not depend on the number of threads, because jobs share nothing but finished results.
/// </summary>
internal static class JobGraph
{
    /// <summary>
    /// Runs all jobs. After the first exception no further job starts, <paramref name="onFailure"/> is called so that the
    /// running ones can save and stop, and the exception is thrown when they have.
    /// </summary>
    public static void Run(IReadOnlyList<Job> jobs, int threads, Action<Exception> onFailure)
    {
        var waiting = new LinkedList<Job>(jobs);
        var finished = new HashSet<Job>(ReferenceEqualityComparer.Instance);
        var failure = default(Exception);
        var gate = new object();

        Job? Take()
        {
            lock (gate)
            {
                while (failure == null && waiting.Count > 0)
                {
                    for (var node = waiting.First; node != null; node = node.Next)
                    {
                        if (!node.Value.After.All(finished.Contains)) continue;
                        waiting.Remove(node);
                        return node.Value;
                    }
                    Monitor.Wait(gate);
                }
                return null;
            }
        }

        void Work()
        {
            while (Take() is { } job)
            {
                try
                {
                    job.Run();
                    lock (gate) finished.Add(job);
                }
                catch (Exception exception)
                {
                    lock (gate) failure ??= exception;
                    onFailure(exception);
                }
                finally
                {
                    lock (gate) Monitor.PulseAll(gate);
                }
            }
        }

        var workers = Enumerable.Range(0, Math.Min(threads, jobs.Count))
            .Select(number => new Thread(Work) { Name = $"job {number}", IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        if (failure != null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>A piece of work that runs on a thread of its own, after the pieces that it needs.</summary>
    public sealed record Job(IReadOnlyList<Job> After, Action Run);
}
