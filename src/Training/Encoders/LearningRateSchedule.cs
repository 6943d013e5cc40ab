namespace W2S.Training;

/// <summary>
/// The learning rate as a function of the step: it rises linearly from 0 and falls linearly back to 0, as Hugging Face's
/// get_linear_schedule_with_warmup says it, so a resumed run needs no state of it. The very first step has rate 0.
/// </summary>
public sealed record LearningRateSchedule
{
    private readonly double _peak;
    private readonly long _warmUpSteps, _totalSteps;

    /// <param name="peak">The highest rate.</param>
    /// <param name="warmUpSteps">Steps before the peak; 0: it starts there.</param>
    /// <param name="totalSteps">The step, 0-based, at which the rate would be 0 again.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the warm-up does not end within the training.</exception>
    public LearningRateSchedule(double peak, long warmUpSteps, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(peak);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUpSteps, totalSteps);
        (_peak, _warmUpSteps, _totalSteps) = (peak, warmUpSteps, totalSteps);
    }

    /// <summary>A warm-up of a share of the training, rounded down: MolBERT's is 0.1.</summary>
    public static LearningRateSchedule WithWarmUpShare(double peak, double share, long totalSteps) => new(peak, (long)(share * totalSteps), totalSteps);

    /// <summary>The rate of a 0-based step; 0 after the end.</summary>
    public double At(long step) => step < _warmUpSteps
        ? _peak * step / _warmUpSteps
        : step < _totalSteps ? _peak * (_totalSteps - step) / (_totalSteps - _warmUpSteps) : 0;
}
