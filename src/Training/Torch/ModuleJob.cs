using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Trains modules by gradient descent with autograd, on any device: W2S's own MLPs, heads and encoders, and whatever module
/// and loss a user brings. <see cref="Step"/> is the one step that all of them take.
/// </summary>
/// <remarks>
/// Losses stay on the device and are looked at after each chunk of steps, for looking would make a GPU wait at every step.
/// After a <see cref="NonFiniteLossException"/> everything is as before the chunk.
/// </remarks>
/// <typeparam name="TBatch">What a step sees.</typeparam>
public class ModuleJob<TBatch> : ITrainingJob
{
    private readonly IReadOnlyList<nn.Module> _modules;
    private readonly IBatches<TBatch> _batches;
    private readonly Func<TBatch, Tensor> _loss;
    private readonly ModuleTraining _training;
    private readonly Func<long, double> _rate;
    private readonly FlatParameters _parameters;
    private readonly AdamW _optimiser;
    private readonly Tensor _lossSum;
    private long _lossCount;

    /// <param name="modules">Trained in place; the caller's. Their parameters have different names.</param>
    /// <param name="batches">Owned from now on.</param>
    /// <param name="loss">
    /// A batch's mean loss, a scalar; of several models side by side, the sum of theirs. Called in a dispose scope.
    /// </param>
    /// <exception cref="ArgumentException">Nothing is trainable, or not as one vector.</exception>
    public ModuleJob(IReadOnlyList<nn.Module> modules, IBatches<TBatch> batches, Func<TBatch, Tensor> loss, ModuleTraining training)
    {
        (_modules, _loss, _training) = (modules, loss, training);
        _batches = training.Optimiser.Accumulate == 1 ? batches : new Accumulated(batches, training.Optimiser);
        _rate = training.LearningRate ?? training.Optimiser.Rates(TotalSteps).At;
        _parameters = new FlatParameters(modules);
        _optimiser = new AdamW(
            _parameters.Values, training.Optimiser, training.Decays == null ? null : _parameters.Mask(training.Decays),
            training.RateShares == null ? null : _parameters.Filled(training.RateShares));
        _lossSum = zeros([], float64, _parameters.Values.device).DetachFromDisposeScope();
    }

    public string Name => _training.Name;
    public string Engine => _training.Engine;
    public int StepsPerEpoch => _batches.StepsPerEpoch;
    public long TotalSteps => (long)StepsPerEpoch * _training.Optimiser.Epochs;

    public void Advance(long step, int count)
    {
        if (_training.Threads is { } threads) LibTorch.UseThreads(threads);
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var before = State.Select(state => state.Values.clone()).ToArray();
        for (var i = 0; i < count; i++) SeededStep(step + i);
        if (!double.IsFinite(LossSum)) throw NonFinite(before, step, count);
        _lossCount += count;
    }

    public double TakeMeanLoss()
    {
        using var scope = NewDisposeScope();
        var mean = LossSum / _lossCount;
        _lossSum.zero_();
        _lossCount = 0;
        return mean;
    }

    public IReadOnlyList<NamedTensor> Save()
    {
        using var scope = NewDisposeScope();
        return [.. State.Select(state => state.Values.ToNamedTensor(state.Name)), NamedTensor.Of("loss.count", [_lossCount], 1)];
    }

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        var stored = State.Select(own => (own.Values, Stored: own.Values.ReadFrom(state, own.Name))).ToList();
        var count = state.Longs("loss.count", 1)[0];
        foreach (var (values, other) in stored) values.copy_(other);
        _lossCount = count;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the job made; the module stays whole.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var owned in (IDisposable[])[_batches, _optimiser, _parameters, _lossSum]) owned.Dispose();
    }

    /// <summary>Batch, forward, loss, backward, clip, optimiser.</summary>
    private void Step(long step)
    {
        using var scope = NewDisposeScope();
        _parameters.Gradients.zero_();
        var batches = _batches.Of(step);
        foreach (var batch in batches)
        {
            using var part = NewDisposeScope();
            var loss = _loss(batch);
            if (batches.Count > 1) loss = loss.div(Held.Of(batches.Count));
            loss.backward();
            _lossSum.add_(loss.detach(), Held.Of(1.0 / (_training.Models ?? 1)));
        }
        Clip();
        _optimiser.Step(_parameters.Gradients, step, _rate(step));
    }

    private void SeededStep(long step)
    {
        using var random = _training.RandomSeed is { } seed ? new SeededRandomNumbers(seed, "dropout", step) : null;
        Step(step);
    }

    /// <summary>As PyTorch's clip_grad_norm_ does it: by the norm over all parameters, plus 1e-6.</summary>
    private void Clip()
    {
        var (greatest, gradients) = (_training.Optimiser.MaxGradNorm, _parameters.Gradients);
        if (greatest == 0) return;
        if (_training.Models is { } models)
        {
            _parameters.ClipEach(models, greatest);
            return;
        }
        using var scope = NewDisposeScope();
        var norm = Math.Sqrt(gradients.Squared().sum().ToDouble());
        // Squares leave float32 before the gradients do, and a norm of infinity would stop the training unseen.
        if (double.IsInfinity(norm)) norm = Math.Sqrt(gradients.to(float64).Squared().sum().ToDouble());
        if (norm + 1e-6 <= greatest) return;
        using var factor = (greatest / (norm + 1e-6)).ToScalar();
        gradients.mul_(factor);
    }

    /// <summary>Everything that a step changes on the device, frozen parameters and buffers included: they may change too.</summary>
    private IEnumerable<(string Name, Tensor Values)> State =>
    [
        .. _modules.SelectMany(module => module.named_parameters()).Select(named => (named.name, (Tensor)named.parameter)),
        .. _modules.SelectMany(module => module.named_buffers()).Select(named => (named.name, named.buffer)),
        .. _optimiser.Moments, ("loss.sum", _lossSum),
    ];

    private double LossSum
    {
        get
        {
            using var scope = NewDisposeScope();
            return _lossSum.cpu().ToDouble();
        }
    }

    // Only a chunk whose sum is not finite is gone through again, step by step, to name the one to blame.
    private NonFiniteLossException NonFinite(Tensor[] before, long step, int count)
    {
        Restore();
        var bad = step;
        for (; bad < step + count - 1; bad++)
        {
            SeededStep(bad);
            if (!double.IsFinite(LossSum)) break;
        }
        Restore();
        return new NonFiniteLossException(bad, $"{Name}, {_batches.Place(bad)}");

        void Restore()
        {
            using var silent = no_grad();
            foreach (var (now, then) in State.Zip(before)) now.Values.copy_(then);
        }
    }

    /// <summary>Steps that each take several batches in a row of the same epoch; its last step takes what is left.</summary>
    /// <param name="inner">Owned from now on.</param>
    private sealed class Accumulated(IBatches<TBatch> inner, OptimiserOptions optimiser) : IBatches<TBatch>
    {
        public int StepsPerEpoch { get; } = optimiser.StepsPerEpoch(inner.StepsPerEpoch);

        public IReadOnlyList<TBatch> Of(long step)
        {
            var first = First(step);
            var count = Math.Min(optimiser.Accumulate, inner.StepsPerEpoch - first % inner.StepsPerEpoch);
            return [.. Enumerable.Range(0, (int)count).SelectMany(batch => inner.Of(first + batch))];
        }

        public string Place(long step) => inner.Place(First(step));

        public void Dispose() => inner.Dispose();

        /// <summary>The number of a step's first batch, all epochs counted.</summary>
        private long First(long step) => step / StepsPerEpoch * inner.StepsPerEpoch + step % StepsPerEpoch * optimiser.Accumulate;
    }
}
