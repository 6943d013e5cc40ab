using W2S.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// What training a representation and fitting heads have in common: the optimiser, the mean of the loss, which stays on
/// the device, the watch over it, and the saved state.
/// </summary>
internal abstract class TorchJob : ITrainingJob
{
    private readonly AdamW _optimiser;
    private readonly Tensor _lossSum;
    private long _lossCount;

    /// <param name="parameters">One tensor of any shape; the derived class owns it.</param>
    protected TorchJob(string name, string engine, Tensor parameters, OptimiserOptions options, int stepsPerEpoch)
    {
        (Name, Engine, StepsPerEpoch) = (name, engine, stepsPerEpoch);
        TotalSteps = (long)stepsPerEpoch * options.Epochs;
        _optimiser = new AdamW(parameters, options);
        _lossSum = zeros([], float64, parameters.device).DetachFromDisposeScope();
    }

    public string Name { get; }
    public string Engine { get; }
    public int StepsPerEpoch { get; }
    public long TotalSteps { get; }

    /// <summary>Everything a step changes on the device.</summary>
    private Tensor[] State => [.. _optimiser.State, _lossSum];

    /// <summary>Computes the batch's mean loss, [], and the gradient in the shape of the parameters.</summary>
    protected abstract (Tensor Loss, Tensor Gradient) LossAndGradient(long step);

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
        if (!double.IsFinite(_lossSum.ToDouble())) throw NonFinite(before, step, count);
        _lossCount += count;
    }

    public double TakeMeanLoss()
    {
        var mean = _lossSum.ToDouble() / _lossCount;
        _lossSum.zero_();
        _lossCount = 0;
        return mean;
    }

    public IReadOnlyList<NamedTensor> Save() =>
    [
        .. SaveParameters(), .. _optimiser.Save(),
        NamedTensor.Of("loss.sum", [_lossSum.ToDouble()], 1), NamedTensor.Of("loss.count", [_lossCount], 1),
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var (parameters, moments) = (LoadParameters(state), _optimiser.Load(state));
        var (sum, count) = (state.Doubles("loss.sum", 1)[0], state.Longs("loss.count", 1)[0]);
        parameters();
        moments();
        _lossSum.fill_(sum);
        _lossCount = count;
    }

    public virtual void Dispose()
    {
        _optimiser.Dispose();
        _lossSum.Dispose();
    }

    private void Step(long step)
    {
        using var scope = NewDisposeScope();
        var (loss, gradient) = LossAndGradient(step);
        _lossSum.add_(loss);
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
            if (!double.IsFinite(_lossSum.ToDouble())) break;
        }
        Restore(before);
        return new NonFiniteLossException(bad, $"{Name}, {Place(bad)}");
    }

    private void Restore(Tensor[] before)
    {
        foreach (var (now, then) in State.Zip(before)) now.copy_(then);
    }
}
