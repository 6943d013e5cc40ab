using TorchSharp;
using TorchSharp.Modules;
using W2S.Data;
using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Fits the heads of all tasks as one problem: a step costs the same few operations for one task and for a thousand.</summary>
internal sealed class TorchHeadJob : ModuleJob<HeadBatch>, IHeadJob
{
    private readonly TorchHeads _heads;

    private TorchHeadJob(HeadProblem problem, string engine, TorchHeads heads, HeadBatches batches)
        : base([heads], batches, batch => heads.forward(batch.Features).sub(batch.Labels).Squared().mean([1]), new ModuleTraining(problem.Optimiser) { Name = problem.Name, Engine = engine }) =>
        _heads = heads;

    public static TorchHeadJob Start(HeadProblem problem, string engine, Device device) =>
        new(problem, engine, new TorchHeads(problem.Initial, device), new HeadBatches(problem, device));

    public LinearHeads Heads => _heads.ToHeads();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _heads.Dispose();
    }
}

/// <summary>The same samples of every task.</summary>
/// <param name="Features">[tasks, batch, width].</param>
/// <param name="Labels">[tasks, batch].</param>
internal readonly record struct HeadBatch(Tensor Features, Tensor Labels);

/// <summary>Features and labels of all tasks, batch by batch.</summary>
internal sealed class HeadBatches : IBatches<HeadBatch>
{
    private readonly BatchRows _rows;
    private readonly Tensor _features, _labels;

    public HeadBatches(HeadProblem problem, Device device)
    {
        using var scope = NewDisposeScope();
        _rows = new BatchRows(problem.Features.Samples, problem.Optimiser.Batch, problem.Seed, problem.Stream, device);
        _features = problem.Features.On(device).DetachFromDisposeScope();
        _labels = problem.Labels.On(device).squeeze(2).DetachFromDisposeScope();
    }

    public int StepsPerEpoch => _rows.Count;

    public IReadOnlyList<HeadBatch> Of(long step)
    {
        var (epoch, number) = Math.DivRem(step, StepsPerEpoch);
        var rows = _rows.Of(epoch, (int)number);
        return [new HeadBatch(_features.index_select(1, rows), _labels.index_select(1, rows))];
    }

    public void Dispose()
    {
        foreach (var owned in (IDisposable[])[_rows, _features, _labels]) owned.Dispose();
    }
}

/// <summary>One head a task: [tasks, n, width] → [tasks, n].</summary>
internal sealed class TorchHeads : nn.Module<Tensor, Tensor>
{
    private readonly LinearHeads _initial;
    private readonly Parameter _weight; // [tasks, width]
    private readonly Parameter? _bias; // [tasks]

    public TorchHeads(LinearHeads initial, Device device) : base("heads")
    {
        using var scope = NewDisposeScope();
        _initial = initial;
        _weight = nn.Parameter(tensor(initial.Weights, [initial.Tasks, initial.Width], device: device));
        if (initial.HasBias) _bias = nn.Parameter(tensor(initial.Biases, device: device));
        RegisterComponents();
        foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();
    }

    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var linear = features.bmm(_weight.unsqueeze(2)).squeeze(2);
        if (_bias is not null) linear = linear.Plus(_bias.unsqueeze(1));
        return TorchActivation.Apply(_initial.Activation, linear).MoveToOuterDisposeScope();
    }

    /// <summary>A copy in main memory.</summary>
    public LinearHeads ToHeads()
    {
        using var scope = NewDisposeScope();
        var heads = new LinearHeads(_initial.Tasks, _initial.Width, _initial.HasBias, _initial.Activation);
        _weight.cpu().data<float>().CopyTo(heads.Weights);
        _bias?.cpu().data<float>().CopyTo(heads.Biases);
        return heads;
    }
}
