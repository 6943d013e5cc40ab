using System.Runtime.ExceptionServices;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Fits linear heads on frozen features of molecules; what belongs together is fitted together.</summary>
/// <param name="seed">Of the heads' initial weights and the order of the samples; adamw only.</param>
/// <param name="device">cpu, cuda or cuda:N; adamw only.</param>
/// <param name="threads">Cores to use. Results do not depend on it.</param>
/// <param name="checkpoints">A folder in which an interrupted fit is kept, so that the same fit continues; null: none.</param>
public sealed class MoleculeHeads(MoleculeHeadOptions options, long seed, string device, int threads, string? checkpoints, RunServices run)
{
    public MoleculeHead Fit(MoleculeHeadTask task) => Fit([task])[0];

    /// <summary>One head for each task, in their order.</summary>
    /// <exception cref="StoppedException">Asked to stop; the same call continues.</exception>
    /// <exception cref="ArgumentException">A label is not finite, or there is no molecule.</exception>
    public IReadOnlyList<MoleculeHead> Fit(IReadOnlyList<MoleculeHeadTask> tasks)
    {
        if (tasks.FirstOrDefault(task => task.Rows.Count == 0) is { } empty) throw new ArgumentException($"{empty.Name}: there is no molecule to fit on.", nameof(tasks));
        var heads = new MoleculeHead[tasks.Count];
        var groups = Enumerable.Range(0, tasks.Count).GroupBy(index => Likeness(tasks[index])).ToList();
        // Gradient descent spreads over the cores by itself; a factorisation takes one.
        var sideBySide = options.Solver == HeadSolver.Exact ? threads : 1;
        try
        {
            Parallel.ForEach(groups, new ParallelOptions { MaxDegreeOfParallelism = sideBySide }, group =>
            {
                if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
                var fitted = FitAlike([.. group.Select(index => tasks[index])]);
                foreach (var (index, head) in group.Zip(fitted)) heads[index] = head;
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        return heads;
    }

    /// <summary>What one factorisation serves, or one problem of an engine holds.</summary>
    private object Likeness(MoleculeHeadTask task) => options.Solver == HeadSolver.Exact
        ? (task.Features, task.Rows)
        : (task.Features.Width, task.Rows.Count, task.Features.Fitting.Count);

    private IReadOnlyList<MoleculeHead> FitAlike(IReadOnlyList<MoleculeHeadTask> tasks) => options.Solver == HeadSolver.Exact
        ? RidgeHeads.Fit(tasks)
        : new GradientHeads(options, seed, device, threads, checkpoints, run).Fit(tasks);
}
