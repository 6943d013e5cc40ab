namespace W2S.Training;

/// <summary>What the learning rate does after its warm-up.</summary>
public enum RateShape
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to 0 on a straight line.</summary>
    Linear,

    /// <summary>It falls to 0 on half a cosine (Loshchilov and Hutter, 2017).</summary>
    Cosine,
}

/// <summary>
/// The learning rate as a function of the step, so a resumed run needs no state of it: it rises linearly from 0 during the
/// warm-up, then stays or falls to 0 at the end of the training, as Hugging Face's get_*_schedule_with_warmup have it. With a
/// warm-up the very first step has rate 0.
/// </summary>
public sealed record LearningRateSchedule
{
    private readonly RateShape _shape;
    private readonly double _peak;
    private readonly long _warmUpSteps, _totalSteps;

    /// <param name="peak">The highest rate.</param>
    /// <param name="warmUpSteps">Steps before the peak; 0: it starts there.</param>
    /// <param name="totalSteps">The step, 0-based, at which a falling rate would be 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the warm-up does not end within the training.</exception>
    public LearningRateSchedule(RateShape shape, double peak, long warmUpSteps, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(peak);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUpSteps, totalSteps);
        (_shape, _peak, _warmUpSteps, _totalSteps) = (shape, peak, warmUpSteps, totalSteps);
    }

    /// <summary>The rate of a 0-based step.</summary>
    public double At(long step)
    {
        if (step < _warmUpSteps) return _peak * step / _warmUpSteps;
        if (_shape == RateShape.Constant) return _peak;
        if (step >= _totalSteps) return 0;
        var (left, falling) = (_totalSteps - step, _totalSteps - _warmUpSteps);
        return _shape == RateShape.Linear ? _peak * left / falling : _peak * (1 - Math.Cos(Math.PI * left / falling)) / 2;
    }
}
