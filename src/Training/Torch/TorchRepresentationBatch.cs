using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Trains the representations of several seeds in one program: a step is one batched matrix product a layer, whatever the
/// number of seeds. They share nothing but the launch; each has the gradient that it would have alone.
/// </summary>
internal sealed class TorchRepresentationBatch : TorchJob, IRepresentationBatch
{
    private readonly IReadOnlyList<PretrainingProblem> _problems;
    private readonly PretrainingProblem _first;
    private readonly MlpStack _stack;
    private readonly Tensor _gradient;

    // [members · tasks · samples, width]: one index_select gathers every member's order of a task.
    private readonly Tensor _inputs, _labels;
    private readonly Tensor _headWeights, _headBiases; // [tasks, members, width, 1] and [tasks, members, 1, 1]

    // The task that is being gone through, in the members' orders of this epoch: [members, samples, width].
    private Tensor? _shuffledInputs, _shuffledLabels;
    private (long Epoch, int Task) _shuffled = (-1, -1);

    private TorchRepresentationBatch(IReadOnlyList<PretrainingProblem> problems, string name, string engine, MlpStack mlps, Device device)
        : base(name, engine, mlps.Flat, problems[0].Optimiser, problems[0].StepsPerEpoch, problems.Count)
    {
        using var scope = NewDisposeScope();
        (_problems, _first, _stack, _gradient) = (problems, problems[0], mlps, mlps.GatherGradients());
        _inputs = cat([.. problems.Select(problem => TorchSamples.Upload(problem.Inputs, device).flatten(0, 1))]).DetachFromDisposeScope();
        _labels = cat([.. problems.Select(problem => TorchSamples.Upload(problem.Labels, device).flatten(0, 1))]).DetachFromDisposeScope();
        var (tasks, width) = (_first.Heads.Tasks, _first.Heads.Width);
        _headWeights = stack(problems.Select(problem => tensor(problem.Heads.Weights, [tasks, width, 1], device: device)), 1).DetachFromDisposeScope();
        _headBiases = stack(problems.Select(problem => tensor(problem.Heads.Biases, [tasks, 1, 1], device: device)), 1).DetachFromDisposeScope();
    }

    /// <exception cref="ArgumentException">The problems differ in more than seed, samples and weights.</exception>
    public static TorchRepresentationBatch Start(IReadOnlyList<PretrainingProblem> problems, string engine, Device device)
    {
        var first = problems[0];
        if (problems.Any(problem => (problem.Initial.Shape, problem.Optimiser, problem.Inputs.Tasks, problem.Inputs.Samples, problem.Heads.Activation)
            != (first.Initial.Shape, first.Optimiser, first.Inputs.Tasks, first.Inputs.Samples, first.Heads.Activation)))
            throw new ArgumentException("Only problems of one shape, with the same optimiser and as many tasks and samples, train together.", nameof(problems));
        var name = $"{problems.Count} representations {first.Initial.Shape} (seeds {string.Join(", ", problems.Select(problem => problem.Seed))})";
        return new(problems, name, engine, new MlpStack([.. problems.Select(problem => problem.Initial)], device), device);
    }

    public IReadOnlyList<IReadOnlyList<NamedTensor>> SaveMembers()
    {
        var state = Save().ToDictionary(tensor => tensor.Name);
        var (weights, first, second) = (Members("parameters"), Members("first_moment"), Members("second_moment"));
        return [.. Enumerable.Range(0, _problems.Count).Select(member => (IReadOnlyList<NamedTensor>)
        [
            .. new MlpWeights(_first.Initial.Shape, weights[member]).ToTensors(),
            NamedTensor.Of("first_moment", first[member], first[member].Length), NamedTensor.Of("second_moment", second[member], second[member].Length),
            NamedTensor.Of("loss.sum", [state["loss.sum"].As<double>()[member]], 1), state["loss.count"],
        ])];

        float[][] Members(string name) => _stack.Split(state[name].As<float>());
    }

    protected override (Tensor Losses, Tensor Gradient) LossAndGradient(long step)
    {
        var (task, batch) = Math.DivRem((int)(step % StepsPerEpoch), _first.BatchesPerTask);
        Shuffle(step / StepsPerEpoch, task);
        var begin = batch * _first.Optimiser.Batch;
        var count = Math.Min(_first.Optimiser.Batch, _first.Inputs.Samples - begin);

        _gradient.zero_();
        var features = _stack.forward(_shuffledInputs!.narrow(1, begin, count));
        var outputs = TorchActivation.Apply(_first.Heads.Activation, features.bmm(_headWeights[task]) + _headBiases[task]);
        var losses = (outputs - _shuffledLabels!.narrow(1, begin, count)).square().mean([1, 2]);
        losses.sum().backward();
        return (losses.detach(), _gradient);
    }

    protected override string Place(long step) => $"{base.Place(step)}, task {step % StepsPerEpoch / _first.BatchesPerTask}";

    protected override IReadOnlyList<NamedTensor> SaveParameters()
    {
        using var scope = NewDisposeScope();
        return [NamedTensor.Of("parameters", _stack.Flat.cpu().data<float>().ToArray(), _stack.Flat.shape)];
    }

    protected override Action LoadParameters(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var values = state.Floats("parameters", _stack.Flat.shape).ToArray();
        return () =>
        {
            using var scope = NewDisposeScope();
            _stack.Flat.copy_(tensor(values));
        };
    }

    public override void Dispose()
    {
        base.Dispose();
        _stack.Dispose();
        foreach (var owned in new[] { _gradient, _inputs, _labels, _headWeights, _headBiases, _shuffledInputs, _shuffledLabels }) owned?.Dispose();
    }

    private void Shuffle(long epoch, int task)
    {
        if (_shuffled == (epoch, task)) return;
        using var scope = NewDisposeScope();
        var (tasks, samples) = (_first.Inputs.Tasks, _first.Inputs.Samples);
        var rows = new int[_problems.Count * samples];
        for (var member = 0; member < _problems.Count; member++)
        {
            var own = rows.AsSpan(member * samples, samples);
            EpochOrder.Fill(own, _problems[member].Seed, _problems[member].Stream, epoch, task, tasks);
            foreach (ref var row in own) row += (member * tasks + task) * samples;
        }
        var order = TorchSamples.Order(rows, _inputs.device);
        _shuffledInputs?.Dispose();
        _shuffledLabels?.Dispose();
        _shuffledInputs = _inputs.index_select(0, order).view(_problems.Count, samples, -1).DetachFromDisposeScope();
        _shuffledLabels = _labels.index_select(0, order).view(_problems.Count, samples, -1).DetachFromDisposeScope();
        _shuffled = (epoch, task);
    }
}
