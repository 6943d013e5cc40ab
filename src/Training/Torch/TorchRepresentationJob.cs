using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Trains a representation under frozen known heads, by autograd.</summary>
internal sealed class TorchRepresentationJob : TorchJob, IRepresentationJob
{
    private readonly PretrainingProblem _problem;
    private readonly Mlp _mlp;
    private readonly Tensor _gradient;
    private readonly Tensor _inputs, _labels, _headWeights, _headBiases;

    // The task that is being gone through, in the order of this epoch.
    private Tensor? _shuffledInputs, _shuffledLabels;
    private (long Epoch, int Task) _shuffled = (-1, -1);

    private TorchRepresentationJob(PretrainingProblem problem, string engine, Mlp mlp, Device device)
        : base(problem.Name, engine, mlp.Flat, problem.Optimiser, problem.StepsPerEpoch)
    {
        using var scope = NewDisposeScope();
        var heads = problem.Heads;
        (_problem, _mlp, _gradient) = (problem, mlp, mlp.GatherGradients());
        _inputs = TorchSamples.Upload(problem.Inputs, device).DetachFromDisposeScope();
        _labels = TorchSamples.Upload(problem.Labels, device).DetachFromDisposeScope();
        _headWeights = tensor(heads.Weights, [heads.Tasks, 1, heads.Width], device: device).DetachFromDisposeScope();
        _headBiases = tensor(heads.Biases, [heads.Tasks, 1], device: device).DetachFromDisposeScope();
    }

    public static TorchRepresentationJob Start(PretrainingProblem problem, string engine, Device device) =>
        new(problem, engine, new Mlp(problem.Initial, device), device);

    public MlpWeights Weights => _mlp.ToWeights();

    protected override (Tensor Losses, Tensor Gradient) LossAndGradient(long step)
    {
        var (task, batch) = Math.DivRem((int)(step % StepsPerEpoch), _problem.BatchesPerTask);
        Shuffle(step / StepsPerEpoch, task);
        var first = batch * _problem.Optimiser.Batch;
        var count = Math.Min(_problem.Optimiser.Batch, _problem.Inputs.Samples - first);

        _gradient.zero_();
        var features = _mlp.forward(_shuffledInputs!.narrow(0, first, count));
        var linear = nn.functional.linear(features, _headWeights[task], _headBiases[task]);
        var loss = nn.functional.mse_loss(TorchActivation.Apply(_problem.Heads.Activation, linear), _shuffledLabels!.narrow(0, first, count));
        loss.backward();
        return (loss.detach(), _gradient);
    }

    protected override string Place(long step) =>
        $"{base.Place(step)}, task {step % StepsPerEpoch / _problem.BatchesPerTask}";

    protected override IReadOnlyList<NamedTensor> SaveParameters() => Weights.ToTensors();

    protected override Action LoadParameters(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var weights = MlpWeights.FromTensors(_problem.Initial.Shape, state);
        return () =>
        {
            using var scope = NewDisposeScope();
            _mlp.Flat.copy_(tensor(weights.Values));
        };
    }

    public override void Dispose()
    {
        base.Dispose();
        _mlp.Dispose();
        foreach (var owned in new[] { _gradient, _inputs, _labels, _headWeights, _headBiases, _shuffledInputs, _shuffledLabels }) owned?.Dispose();
    }

    private void Shuffle(long epoch, int task)
    {
        if (_shuffled == (epoch, task)) return;
        using var scope = NewDisposeScope();
        var samples = new int[_problem.Inputs.Samples];
        EpochOrder.Fill(samples, _problem.Seed, _problem.Stream, epoch, task, _problem.Inputs.Tasks);
        var order = TorchSamples.Order(samples, _inputs.device);
        _shuffledInputs?.Dispose();
        _shuffledLabels?.Dispose();
        _shuffledInputs = _inputs[task].index_select(0, order).DetachFromDisposeScope();
        _shuffledLabels = _labels[task].index_select(0, order).DetachFromDisposeScope();
        _shuffled = (epoch, task);
    }
}
