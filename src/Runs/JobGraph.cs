namespace W2S.Runs;

/// <summary>A piece of a study that runs on one core, after the pieces that it needs.</summary>
internal sealed record StudyJob(IReadOnlyList<StudyJob> After, Action Run);

/// <summary>
/// Runs jobs on a fixed number of threads, each as soon as what it needs is done, in the order given where there is a
/// choice. Results do not depend on the number of threads, because jobs share nothing but finished results.
/// </summary>
internal static class JobGraph
{
    /// <summary>
    /// Runs all jobs. After the first exception no further job starts, <paramref name="onFailure"/> is called so that the
    /// running ones can save and stop, and the exception is thrown when they have.
    /// </summary>
    public static void Run(IReadOnlyList<StudyJob> jobs, int threads, Action<Exception> onFailure)
    {
        var waiting = new LinkedList<StudyJob>(jobs);
        var finished = new HashSet<StudyJob>(ReferenceEqualityComparer.Instance);
        var failure = default(Exception);
        var gate = new object();

        StudyJob? Take()
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

        var workers = Enumerable.Range(0, Math.Min(threads, jobs.Count)).Select(number => new Thread(Work) { Name = $"study {number}", IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        if (failure != null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
