namespace W2S.Training;

/// <summary>
/// Trains any job to its end, or until its criterion has stopped falling, and keeps the best of the states at its evaluation
/// points. That state is part of its own, so an interrupted training goes on with it, to the same bits.
/// </summary>
public sealed class EarlyStopping : ITrainingJob
{
    private const string Best = "best.", Least = "best.criterion", Course = "best.course";
    private const long NotEnded = -1;

    private readonly ITrainingJob _job;
    private readonly Func<double> _criterion;
    private readonly int _evaluations, _patience;
    private readonly double _minDelta;
    private IReadOnlyList<NamedTensor> _best;
    private double _least = double.PositiveInfinity;
    private long _sinceBest;
    private long _end = NotEnded;

    /// <param name="job">Owned from now on.</param>
    /// <param name="criterion">Of the job as it is; the least is best.</param>
    /// <param name="evaluations">How often it is looked at, evenly over the training.</param>
    /// <param name="patience">Evaluations in a row without a better value after which the training ends; 0: it goes to its end.</param>
    /// <param name="minDelta">How much less a value must be to count as better.</param>
    public EarlyStopping(ITrainingJob job, Func<double> criterion, int evaluations = 20, int patience = 0, double minDelta = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(evaluations);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(minDelta);
        (_job, _criterion, _evaluations, _patience, _minDelta) = (job, criterion, evaluations, patience, minDelta);
        _best = job.Save();
    }

    public string Name => _job.Name;
    public string Engine => _job.Engine;
    public int StepsPerEpoch => _job.StepsPerEpoch;

    /// <summary>Those of the job, or fewer once patience has run out.</summary>
    public long TotalSteps => _end == NotEnded ? _job.TotalSteps : _end;

    public void Advance(long step, int count) => _job.Advance(step, count);

    public long NextEvaluation(long step)
    {
        for (var number = step * _evaluations / _job.TotalSteps + 1; ; number++)
            if (_job.TotalSteps * number / _evaluations is var at && at > step) return at;
    }

    public double Evaluate(long step)
    {
        var value = _criterion();
        if (value < _least - _minDelta) (_least, _best, _sinceBest) = (value, _job.Save(), 0);
        else if (++_sinceBest >= _patience && _patience > 0) _end = step;
        return value;
    }

    /// <summary>Puts the job into the best state that it passed; where none was ever a number, into its first.</summary>
    public void RestoreBest() => _job.Load(_best.ToDictionary(tensor => tensor.Name));

    public double TakeMeanLoss() => _job.TakeMeanLoss();

    public IReadOnlyList<NamedTensor> Save() =>
    [
        .. _job.Save(), .. _best.Prefixed(Best),
        NamedTensor.Of(Least, [_least], 1), NamedTensor.Of(Course, [_sinceBest, _end], 2),
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var best = state.Where(stored => stored.Key.StartsWith(Best, StringComparison.Ordinal) && stored.Key is not (Least or Course))
            .Select(stored => stored.Value with { Name = stored.Key[Best.Length..] }).ToList();
        var (least, course) = (state.Doubles(Least, 1)[0], state.Longs(Course, 2).ToArray());
        _job.Load(state);
        (_best, _least, _sinceBest, _end) = (best, least, course[0], course[1]);
    }

    public void Dispose() => _job.Dispose();
}
