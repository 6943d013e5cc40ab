using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Fits the heads of all tasks as one problem, its gradient in closed form: a step costs the same few operations for one
/// task and for a hundred.
/// </summary>
/// <remarks>
/// Tasks are the innermost dimension of everything, so that sums over features or samples run along whole vectors of
/// tasks. Where bmm falls back to one small product a task (libtorch without MKL) it takes 500 µs for 100 tasks, and
/// multiplying and summing 20 µs.
/// </remarks>
internal sealed class TorchHeadJob : TorchJob, IHeadJob
{
    private readonly HeadProblem _problem;
    private readonly Tensor _parameters;
    private readonly Tensor _features, _labels;
    private Tensor? _order;
    private long _shuffled = -1;

    private TorchHeadJob(HeadProblem problem, string engine, Tensor parameters)
        : base(problem.Name, engine, parameters, problem.Optimiser, problem.StepsPerEpoch)
    {
        using var scope = NewDisposeScope();
        (_problem, _parameters) = (problem, parameters);
        var features = TorchSamples.Upload(problem.Features, parameters.device).permute(1, 2, 0);
        if (problem.Initial.HasBias) features = cat([features, ones_like(features.narrow(1, 0, 1))], 1);
        // [samples, inputs of a head, tasks] and [samples, tasks].
        _features = features.contiguous().DetachFromDisposeScope();
        _labels = TorchSamples.Upload(problem.Labels, parameters.device).squeeze(2).t().contiguous().DetachFromDisposeScope();
    }

    public static TorchHeadJob Start(HeadProblem problem, string engine, Device device)
    {
        using var scope = NewDisposeScope();
        return new TorchHeadJob(problem, engine, Pack(problem.Initial).to(device).DetachFromDisposeScope());
    }

    public LinearHeads Heads
    {
        get
        {
            using var scope = NewDisposeScope();
            var initial = _problem.Initial;
            var heads = new LinearHeads(initial.Tasks, initial.Width, initial.HasBias, initial.Activation);
            var parameters = _parameters.cpu();
            parameters.narrow(0, 0, heads.Width).t().contiguous().data<float>().CopyTo(heads.Weights);
            if (heads.HasBias) parameters[heads.Width].data<float>().CopyTo(heads.Biases);
            return heads;
        }
    }

    protected override (Tensor Loss, Tensor Gradient) LossAndGradient(long step)
    {
        Shuffle(step / StepsPerEpoch);
        var first = step % StepsPerEpoch * _problem.Optimiser.Batch;
        var count = Math.Min(_problem.Optimiser.Batch, _problem.Features.Samples - first);
        var batch = _order!.narrow(0, first, count);
        var features = _features.index_select(0, batch);

        var outputs = TorchActivation.Apply(_problem.Initial.Activation, (features * _parameters).sum(1));
        var residuals = outputs - _labels.index_select(0, batch);
        var loss = residuals.square().mean();
        // d/dw of each task's mean of (f(w·z) − y)²: 2/n Σ (f − y) f′ z.
        var slopes = TorchActivation.TimesSlope(_problem.Initial.Activation, residuals, outputs) * (2.0 / count);
        var terms = features.mul_(slopes.unsqueeze(1)).view(count, -1);
        return (loss, ones([1, count], device: _parameters.device).mm(terms).view(_parameters.shape));
    }

    protected override IReadOnlyList<NamedTensor> SaveParameters() => Heads.ToTensors();

    protected override Action LoadParameters(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var heads = Heads;
        heads.CopyFrom(state);
        return () =>
        {
            using var scope = NewDisposeScope();
            _parameters.copy_(Pack(heads));
        };
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var owned in new[] { _parameters, _features, _labels, _order }) owned?.Dispose();
    }

    /// <summary>[inputs of a head, tasks]: the weights, and below them the biases if there are any.</summary>
    private static Tensor Pack(LinearHeads heads)
    {
        var weights = tensor(heads.Weights, [heads.Tasks, heads.Width]).t();
        return heads.HasBias ? cat([weights, tensor(heads.Biases, [1, heads.Tasks])]) : weights.contiguous();
    }

    private void Shuffle(long epoch)
    {
        if (_shuffled == epoch) return;
        var samples = new int[_problem.Features.Samples];
        EpochOrder.Fill(samples, _problem.Seed, _problem.Stream, epoch, 0, 1);
        _order?.Dispose();
        _order = TorchSamples.Order(samples, _features.device).DetachFromDisposeScope();
        _shuffled = epoch;
    }
}
