using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Fits the heads of all tasks, of one seed or of several, as one problem, its gradient in closed form: a step costs the
/// same few operations for one task and for a thousand.
/// </summary>
/// <remarks>
/// Tasks are the innermost dimension of everything, so that sums over features or samples run along whole vectors of
/// tasks. Where bmm falls back to one small product a task (libtorch without MKL) it takes 500 µs for 100 tasks, and
/// multiplying and summing 20 µs.
/// </remarks>
internal sealed class TorchHeadJob : TorchJob, IHeadJob
{
    private readonly IReadOnlyList<HeadProblem> _problems;
    private readonly HeadProblem _first;
    private readonly Tensor _parameters;

    // One for each problem: [samples, inputs of a head, tasks] and [samples, tasks].
    private readonly Tensor[] _features, _labels;

    // In each problem's order of this epoch, side by side: [samples, inputs of a head, all tasks] and [samples, all tasks].
    private Tensor? _shuffledFeatures, _shuffledLabels;
    private long _shuffled = -1;

    private TorchHeadJob(IReadOnlyList<HeadProblem> problems, string name, string engine, Tensor parameters)
        : base(name, engine, parameters, problems[0].Optimiser, problems[0].StepsPerEpoch, problems.Count)
    {
        (_problems, _first, _parameters) = (problems, problems[0], parameters);
        _features = [.. problems.Select(problem => Features(problem, parameters.device))];
        _labels = [.. problems.Select(problem => Labels(problem, parameters.device))];
    }

    /// <exception cref="ArgumentException">The problems differ in more than seed, samples and weights.</exception>
    public static TorchHeadJob Start(IReadOnlyList<HeadProblem> problems, string engine, Device device)
    {
        using var scope = NewDisposeScope();
        var first = problems[0];
        if (problems.Any(problem => !Likeness(problem).Equals(Likeness(first))))
            throw new ArgumentException("Only heads with the same optimiser, activation and number of tasks, samples and features are fitted together.", nameof(problems));
        var name = problems.Count == 1 ? first.Name : $"{first.Name} and {problems.Count - 1} more";
        var parameters = cat([.. problems.Select(problem => Pack(problem.Initial))], 1);
        return new TorchHeadJob(problems, name, engine, parameters.to(device).DetachFromDisposeScope());

        static object Likeness(HeadProblem problem) =>
            (problem.Optimiser, problem.Initial.Tasks, problem.Initial.HasBias, problem.Initial.Activation, problem.Features.Samples, problem.Features.Width);
    }

    LinearHeads IHeadJob.Heads => Heads[0];

    public IReadOnlyList<LinearHeads> Heads
    {
        get
        {
            using var scope = NewDisposeScope();
            var parameters = _parameters.cpu();
            return [.. _problems.Select((problem, member) => Unpack(parameters.narrow(1, (long)member * problem.Initial.Tasks, problem.Initial.Tasks), problem.Initial))];
        }
    }

    protected override (Tensor Losses, Tensor Gradient) LossAndGradient(long step)
    {
        Shuffle(step / StepsPerEpoch);
        var begin = step % StepsPerEpoch * _first.Optimiser.Batch;
        var count = Math.Min(_first.Optimiser.Batch, _first.Features.Samples - begin);
        var features = _shuffledFeatures!.narrow(0, begin, count);

        var outputs = TorchActivation.Apply(_first.Initial.Activation, (features * _parameters).sum(1));
        var residuals = outputs - _shuffledLabels!.narrow(0, begin, count);
        var losses = residuals.square().view(count, _problems.Count, -1).mean([0, 2]);
        // d/dw of each task's mean of (f(w·z) − y)²: 2/n Σ (f − y) f′ z.
        var slopes = TorchActivation.TimesSlope(_first.Initial.Activation, residuals, outputs) * (2.0 / count);
        var terms = (features * slopes.unsqueeze(1)).view(count, -1);
        return (losses, ones([1, count], device: _parameters.device).mm(terms).view(_parameters.shape));
    }

    /// <remarks>The heads of all problems one after another, as if of one.</remarks>
    protected override IReadOnlyList<NamedTensor> SaveParameters()
    {
        using var scope = NewDisposeScope();
        return Unpack(_parameters.cpu(), AllHeads()).ToTensors();
    }

    protected override Action LoadParameters(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var heads = AllHeads();
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
        foreach (var owned in (Tensor?[])[_parameters, .. _features, .. _labels, _shuffledFeatures, _shuffledLabels]) owned?.Dispose();
    }

    private LinearHeads AllHeads() => new(_problems.Count * _first.Initial.Tasks, _first.Initial.Width, _first.Initial.HasBias, _first.Initial.Activation);

    private static Tensor Features(HeadProblem problem, Device device)
    {
        using var scope = NewDisposeScope();
        var features = TorchSamples.Upload(problem.Features, device).permute(1, 2, 0);
        if (problem.Initial.HasBias) features = cat([features, ones_like(features.narrow(1, 0, 1))], 1);
        return features.contiguous().DetachFromDisposeScope();
    }

    private static Tensor Labels(HeadProblem problem, Device device)
    {
        using var scope = NewDisposeScope();
        return TorchSamples.Upload(problem.Labels, device).squeeze(2).t().contiguous().DetachFromDisposeScope();
    }

    /// <summary>[inputs of a head, tasks]: the weights, and below them the biases if there are any.</summary>
    private static Tensor Pack(LinearHeads heads)
    {
        var weights = tensor(heads.Weights, [heads.Tasks, heads.Width]).t();
        return heads.HasBias ? cat([weights, tensor(heads.Biases, [1, heads.Tasks])]) : weights.contiguous();
    }

    /// <summary>The inverse of <see cref="Pack"/>, in heads like <paramref name="alike"/>.</summary>
    private static LinearHeads Unpack(Tensor parameters, LinearHeads alike)
    {
        var heads = new LinearHeads(alike.Tasks, alike.Width, alike.HasBias, alike.Activation);
        parameters.narrow(0, 0, heads.Width).t().contiguous().data<float>().CopyTo(heads.Weights);
        if (heads.HasBias) parameters[heads.Width].contiguous().data<float>().CopyTo(heads.Biases);
        return heads;
    }

    private void Shuffle(long epoch)
    {
        if (_shuffled == epoch) return;
        using var scope = NewDisposeScope();
        var orders = _problems.Select(problem =>
        {
            var samples = new int[problem.Features.Samples];
            EpochOrder.Fill(samples, problem.Seed, problem.Stream, epoch, 0, 1);
            return TorchSamples.Order(samples, _parameters.device);
        }).ToList();
        _shuffledFeatures?.Dispose();
        _shuffledLabels?.Dispose();
        _shuffledFeatures = InOrder(_features);
        _shuffledLabels = InOrder(_labels);
        _shuffled = epoch;

        Tensor InOrder(Tensor[] parts)
        {
            var ordered = parts.Zip(orders, (part, order) => part.index_select(0, order)).ToList();
            return (ordered.Count == 1 ? ordered[0] : cat(ordered, -1)).DetachFromDisposeScope();
        }
    }
}
