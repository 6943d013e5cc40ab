using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// AdamW as PyTorch 1.13 computes it for one tensor, operation by operation, on all parameters at once: they are one
/// vector, so a step is ten operations and not ten for each parameter.
/// </summary>
/// <remarks>
/// Denormal numbers cost a hundred times a normal one, and they do occur: the moments of a dead unit decay for ever.
/// So every <see cref="SweepInterval"/> steps moments that are about to become denormal are dropped to 0. No parameter
/// can show it: the dropped first moments would have moved it by less than rate · 10⁻²⁴ / ε, and the root of the dropped
/// second ones is lost in adding ε.
/// </remarks>
internal sealed class AdamW : IDisposable
{
    // Between two sweeps a first moment shrinks by 0.9^256 = 2e-12, a second one by 0.999^256 = 0.8.
    private const int SweepInterval = 256;
    private const double LeastFirstMoment = 1e-24;
    private const double LeastSecondMoment = 1e-36;

    private readonly OptimiserOptions _options;
    private readonly Tensor _parameters, _firstMoment, _secondMoment;
    private readonly Tensor? _decayed;

    /// <param name="parameters">Changed in place; not owned.</param>
    /// <param name="decayed">1 for parameters that are decayed, else 0, in their shape; null: all are.</param>
    public AdamW(Tensor parameters, OptimiserOptions options, float[]? decayed = null)
    {
        (_parameters, _options) = (parameters, options);
        _decayed = decayed == null ? null : tensor(decayed, parameters.shape, device: parameters.device).DetachFromDisposeScope();
        _firstMoment = zeros_like(parameters).DetachFromDisposeScope();
        _secondMoment = zeros_like(parameters).DetachFromDisposeScope();
    }

    /// <summary>What a step changes.</summary>
    public Tensor[] State => [_parameters, _firstMoment, _secondMoment];

    /// <param name="step">0-based; the bias corrections are functions of it.</param>
    /// <param name="learningRate">This step's; null: that of the options.</param>
    public void Step(Tensor gradient, long step, double? learningRate = null)
    {
        var rate = learningRate ?? _options.LearningRate;
        var (beta1, beta2) = (_options.Beta1, _options.Beta2);
        var correction1 = 1 - Math.Pow(beta1, step + 1);
        var correction2 = 1 - Math.Pow(beta2, step + 1);
        if (_decayed is null) _parameters.mul_(1 - rate * _options.WeightDecay);
        else _parameters.mul_(1 - _decayed * (rate * _options.WeightDecay));
        _firstMoment.mul_(beta1).add_(gradient, 1 - beta1);
        _secondMoment.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        var denominator = _secondMoment.sqrt().div_(Math.Sqrt(correction2)).add_(_options.Epsilon);
        _parameters.addcdiv_(_firstMoment, denominator, -rate / correction1);
        if (step % SweepInterval == 0) SweepDenormals();
    }

    /// <summary>The moments, in main memory.</summary>
    public IReadOnlyList<NamedTensor> Save()
    {
        using var scope = NewDisposeScope();
        return [Named("first_moment", _firstMoment), Named("second_moment", _secondMoment)];
    }

    /// <summary>Reads stored moments; nothing changes before the returned action is called.</summary>
    /// <exception cref="InvalidDataException">One is missing or has another shape.</exception>
    public Action Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var first = state.Floats("first_moment", _firstMoment.shape).ToArray();
        var second = state.Floats("second_moment", _secondMoment.shape).ToArray();
        return () =>
        {
            using var scope = NewDisposeScope();
            _firstMoment.copy_(tensor(first, _firstMoment.shape));
            _secondMoment.copy_(tensor(second, _secondMoment.shape));
        };
    }

    public void Dispose()
    {
        _firstMoment.Dispose();
        _secondMoment.Dispose();
        _decayed?.Dispose();
    }

    private void SweepDenormals()
    {
        _firstMoment.masked_fill_(_firstMoment.abs().lt(LeastFirstMoment), 0);
        _secondMoment.masked_fill_(_secondMoment.lt(LeastSecondMoment), 0);
    }

    private static NamedTensor Named(string name, Tensor values) => NamedTensor.Of(name, values.cpu().data<float>().ToArray(), values.shape);
}
