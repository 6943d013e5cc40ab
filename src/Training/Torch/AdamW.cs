using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// AdamW as PyTorch 1.13 computes it for one tensor, operation by operation, on all parameters at once: they are one
/// vector, so a step is ten operations and not ten for each parameter.
/// </summary>
/// <remarks>
/// TorchSharp's own optimisers make a scalar for each operation that a garbage collection may free under it (see
/// <see cref="Held"/>), and go through the parameters one by one; a test holds this to torch.optim.AdamW step for step.
/// Denormal numbers cost a hundred times a normal one, and they do occur: the moments of a dead unit decay for ever.
/// So every <see cref="SweepInterval"/> steps moments that are about to become denormal are dropped to 0. No parameter
/// can show it: the dropped first moments would have moved it by less than rate · 10⁻²⁴ / ε, and the root of the dropped
/// second ones is lost in adding ε.
/// </remarks>
internal sealed class AdamW : IDisposable
{
    // Between two sweeps a first moment shrinks by 0.9^256 = 2e-12, a second one by 0.999^256 = 0.8.
    private const int SweepInterval = 256;
    private static readonly Scalar LeastFirstMoment = 1e-24.ToScalar(), LeastSecondMoment = 1e-36.ToScalar();

    private readonly OptimiserOptions _options;
    private readonly Tensor _parameters, _firstMoment, _secondMoment;
    private readonly Tensor? _decayed, _rateShares;
    private readonly Scalar _beta1, _beta2, _oneLessBeta1, _oneLessBeta2, _epsilon;

    /// <param name="parameters">Changed in place; not owned.</param>
    /// <param name="decayed">1 for parameters that are decayed, else 0, in their shape; null: all are. Owned from now on.</param>
    /// <param name="rateShares">What of the rate each parameter learns by, in their shape; null: all of it. Owned from now on.</param>
    public AdamW(Tensor parameters, OptimiserOptions options, Tensor? decayed = null, Tensor? rateShares = null)
    {
        (_parameters, _options, _decayed, _rateShares) = (parameters, options, decayed, rateShares);
        _firstMoment = zeros_like(parameters).DetachFromDisposeScope();
        _secondMoment = zeros_like(parameters).DetachFromDisposeScope();
        (_beta1, _beta2, _epsilon) = (options.Beta1.ToScalar(), options.Beta2.ToScalar(), options.Epsilon.ToScalar());
        (_oneLessBeta1, _oneLessBeta2) = ((1 - options.Beta1).ToScalar(), (1 - options.Beta2).ToScalar());
    }

    /// <summary>What a step changes beside the parameters.</summary>
    public IEnumerable<(string Name, Tensor Values)> Moments => [("first_moment", _firstMoment), ("second_moment", _secondMoment)];

    /// <param name="gradient">In the shape of the parameters.</param>
    /// <param name="step">0-based; the bias corrections are functions of it.</param>
    /// <param name="learningRate">This step's; null: that of the options.</param>
    public void Step(Tensor gradient, long step, double? learningRate = null)
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        var rate = learningRate ?? _options.LearningRate;
        using var decay = (-rate * _options.WeightDecay).ToScalar();
        using var kept = (1 - rate * _options.WeightDecay).ToScalar();
        using var correction = Math.Sqrt(1 - Math.Pow(_options.Beta2, step + 1)).ToScalar();
        using var stride = (-rate / (1 - Math.Pow(_options.Beta1, step + 1))).ToScalar();

        if (_decayed is null && _rateShares is null) _parameters.mul_(kept);
        else _parameters.mul_(Shared(_decayed ?? ones_like(_parameters)).mul(decay).add_(Held.One, Held.One));
        _firstMoment.mul_(_beta1).add_(gradient, _oneLessBeta1);
        _secondMoment.mul_(_beta2).addcmul_(gradient, gradient, _oneLessBeta2);
        var denominator = _secondMoment.sqrt().div_(correction).add_(_epsilon, Held.One);
        _parameters.addcdiv_(Shared(_firstMoment), denominator, stride);
        if (step % SweepInterval == 0) SweepDenormals();
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { _firstMoment, _secondMoment, _decayed, _rateShares }) tensor?.Dispose();
        foreach (var scalar in new[] { _beta1, _beta2, _oneLessBeta1, _oneLessBeta2, _epsilon }) scalar.Dispose();
    }

    private Tensor Shared(Tensor values) => _rateShares is null ? values : values.mul(_rateShares);

    private void SweepDenormals()
    {
        _firstMoment.masked_fill_(_firstMoment.abs().lt(LeastFirstMoment), Held.Zero);
        _secondMoment.masked_fill_(_secondMoment.lt(LeastSecondMoment), Held.Zero);
    }
}
