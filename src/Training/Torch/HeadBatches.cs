using TorchSharp;
using W2S.Training.Objectives;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Features and labels of all tasks, batch by batch. Samples come first in memory, so that a batch is a copy of whole rows.
/// </summary>
internal sealed class HeadBatches : IBatches<HeadBatches.Batch>
{
    private readonly BatchRows _rows;
    private readonly Tensor _features, _labels; // [samples, tasks, width] and [samples, tasks, targets]
    private readonly long _total;

    public HeadBatches(HeadProblem problem, Device device)
    {
        using var scope = NewDisposeScope();
        _rows = new BatchRows(problem.Features.Samples, problem.Optimiser.Batch, problem.Seed, problem.Stream, device);
        _total = (long)_rows.Count * problem.Optimiser.Epochs;
        _features = problem.Features.On(device).transpose(0, 1).contiguous().DetachFromDisposeScope();
        _labels = problem.Labels.On(device).transpose(0, 1).contiguous().DetachFromDisposeScope();
    }

    public int StepsPerEpoch => _rows.Count;

    public IReadOnlyList<Batch> Of(long step)
    {
        var (epoch, number) = Math.DivRem(step, StepsPerEpoch);
        var rows = _rows.Of(epoch, (int)number);
        Tensor Chosen(Tensor samples) => samples.index_select(0, rows).transpose(0, 1);
        return [new Batch(Chosen(_features), Chosen(_labels), (double)step / _total)];
    }

    public void Dispose()
    {
        foreach (var owned in (IDisposable[])[_rows, _features, _labels]) owned.Dispose();
    }

    /// <summary>The same samples of every task.</summary>
    /// <param name="Features">[tasks, batch, width].</param>
    /// <param name="Labels">[tasks, batch, targets].</param>
    /// <param name="Progress">Share of the training that is done, 0 to 1.</param>
    public readonly record struct Batch(Tensor Features, Tensor Labels, double Progress)
    {
        /// <summary>The sum over tasks of their mean losses.</summary>
        /// <param name="logits">[tasks, batch, outputs].</param>
        public Tensor Loss(Objective objective, Tensor logits)
        {
            var losses = objective.RowLosses(logits, objective.Relabel(logits.detach(), Labels, Progress));
            return losses.sum().div(Held.Of(losses.size(1)));
        }
    }
}
