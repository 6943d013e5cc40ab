using W2S.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// What training representations and fitting heads have in common: the optimiser, the mean losses of the members, which
/// stay on the device, the watch over them, and the saved state. A job has one member, or one for each seed that it trains.
/// </summary>
internal abstract class TorchJob : ITrainingJob
{
    private readonly AdamW _optimiser;
    private readonly int _members;
    private readonly Tensor _lossSums;
    private readonly List<double[]> _history = [];
    private long _lossCount;

    /// <param name="parameters">One tensor of any shape; the derived class owns it.</param>
    /// <param name="members">What trains side by side, each with a loss of its own.</param>
    protected TorchJob(string name, string engine, Tensor parameters, OptimiserOptions options, int stepsPerEpoch, int members = 1)
    {
        (Name, Engine, StepsPerEpoch, _members) = (name, engine, stepsPerEpoch, members);
        TotalSteps = (long)stepsPerEpoch * options.Epochs;
        _optimiser = new AdamW(parameters, options);
        _lossSums = zeros([members], float64, parameters.device).DetachFromDisposeScope();
    }

    public string Name { get; }
    public string Engine { get; }
    public int StepsPerEpoch { get; }
    public long TotalSteps { get; }

    /// <summary>Everything a step changes on the device.</summary>
    private Tensor[] State => [.. _optimiser.State, _lossSums];

    /// <summary>
    /// The mean loss of every stretch that ended with <see cref="TakeMeanLoss"/>, oldest first, by member.
    /// </summary>
    public IReadOnlyList<double[]> MemberLosses => _history;

    /// <summary>Computes the members' mean losses on the batch, [members], and the gradient in the shape of the parameters.</summary>
    protected abstract (Tensor Losses, Tensor Gradient) LossAndGradient(long step);

    /// <summary>The parameters under their names, in main memory.</summary>
    protected abstract IReadOnlyList<NamedTensor> SaveParameters();

    /// <summary>Reads stored parameters; nothing changes before the returned action is called.</summary>
    protected abstract Action LoadParameters(IReadOnlyDictionary<string, NamedTensor> state);

    /// <summary>For people: where in the data a step is.</summary>
    protected virtual string Place(long step) => $"epoch {step / StepsPerEpoch + 1}";

    public void Advance(long step, int count)
    {
        using var scope = NewDisposeScope();
        var before = State.Select(tensor => tensor.clone()).ToArray();
        for (var i = 0; i < count; i++) Step(step + i);
        if (!LossesAreFinite()) throw NonFinite(before, step, count);
        _lossCount += count;
    }

    public double TakeMeanLoss()
    {
        var means = Array.ConvertAll(Sums(), sum => sum / _lossCount);
        if (_members > 1) _history.Add(means);
        _lossSums.zero_();
        _lossCount = 0;
        return means.Average();
    }

    public IReadOnlyList<NamedTensor> Save() =>
    [
        .. SaveParameters(), .. _optimiser.Save(),
        NamedTensor.Of("loss.sum", Sums(), _members), NamedTensor.Of("loss.count", [_lossCount], 1),
        .. _members == 1 ? [] : (NamedTensor[])[NamedTensor.Of("loss.members", [.. _history.SelectMany(means => means)], _history.Count, _members)],
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var (parameters, moments) = (LoadParameters(state), _optimiser.Load(state));
        var (sums, count) = (state.Doubles("loss.sum", _members).ToArray(), state.Longs("loss.count", 1)[0]);
        var history = _members == 1 ? [] : History(state);
        parameters();
        moments();
        _history.Clear();
        _history.AddRange(history);
        using var scope = NewDisposeScope();
        _lossSums.copy_(tensor(sums));
        _lossCount = count;
    }

    public virtual void Dispose()
    {
        _optimiser.Dispose();
        _lossSums.Dispose();
    }

    private double[] Sums()
    {
        using var scope = NewDisposeScope();
        return _lossSums.cpu().data<double>().ToArray();
    }

    private bool LossesAreFinite() => Array.TrueForAll(Sums(), double.IsFinite);

    private IReadOnlyList<double[]> History(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var stretches = state.TryGetValue("loss.members", out var stored) && stored.Shape is [var count, _] ? count : 0;
        return [.. state.Doubles("loss.members", stretches, _members).ToArray().Chunk(_members)];
    }

    private void Step(long step)
    {
        using var scope = NewDisposeScope();
        var (losses, gradient) = LossAndGradient(step);
        _lossSums.add_(losses);
        _optimiser.Step(gradient, step);
    }

    // Looking at each loss would make the device wait for the program at each step, so only a stretch whose sum is not
    // finite is gone through again, step by step. The job is left as it was before the stretch.
    private NonFiniteLossException NonFinite(Tensor[] before, long step, int count)
    {
        Restore(before);
        var bad = step;
        for (; bad < step + count - 1; bad++)
        {
            Step(bad);
            if (!LossesAreFinite()) break;
        }
        Restore(before);
        return new NonFiniteLossException(bad, $"{Name}, {Place(bad)}");
    }

    private void Restore(Tensor[] before)
    {
        foreach (var (now, then) in State.Zip(before)) now.copy_(then);
    }
}
