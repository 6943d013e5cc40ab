namespace W2S.Training.Fused;

/// <summary>What the steps of a piece of a run have in common for all tasks: sample numbers and the optimiser's numbers, computed once.</summary>
internal sealed class HeadSchedule
{
    /// <summary>
    /// A group's samples are read from main memory once a piece and then stay in the second-level cache, so a piece
    /// should have many epochs; its schedule, 128 bytes a step, should not be large.
    /// </summary>
    private const int Epochs = 128;

    private readonly HeadProblem _problem;
    private readonly LearningRateSchedule _rates;
    private readonly int[] _orders;
    private readonly AdamWStep[] _steps;
    private long _start;

    public HeadSchedule(HeadProblem problem)
    {
        (_problem, _rates) = (problem, problem.Optimiser.Rates(problem.TotalSteps));
        var epochs = Math.Min(Epochs, problem.Optimiser.Epochs);
        _orders = new int[epochs * problem.Features.Samples];
        _steps = new AdamWStep[epochs * problem.StepsPerEpoch];
    }

    /// <summary>Steps of the piece.</summary>
    public int Count { get; private set; }

    /// <summary>Prepares the steps from <paramref name="start"/> on, as many as fit and not beyond <paramref name="end"/>.</summary>
    public void Prepare(long start, long end, int threads)
    {
        var first = start / _problem.StepsPerEpoch;
        _start = start;
        Count = (int)(Math.Min(end, (first + _orders.Length / _problem.Features.Samples) * _problem.StepsPerEpoch) - start);
        var last = (start + Count - 1) / _problem.StepsPerEpoch;
        Parallel.For(first, last + 1, new ParallelOptions { MaxDegreeOfParallelism = threads }, epoch =>
            EpochOrder.Fill(
                _orders.AsSpan((int)(epoch - first) * _problem.Features.Samples, _problem.Features.Samples),
                _problem.Seed, _problem.Stream, epoch, task: 0, tasks: 1));
        for (var index = 0; index < Count; index++) _steps[index] = new AdamWStep(_problem.Optimiser, start + index, _rates.At(start + index));
    }

    /// <summary>The sample numbers of the piece's step <paramref name="index"/>.</summary>
    public ReadOnlySpan<int> Batch(int index)
    {
        var perEpoch = _problem.StepsPerEpoch;
        var (epoch, batch) = Math.DivRem((int)(_start % perEpoch) + index, perEpoch);
        var from = batch * _problem.Optimiser.Batch;
        return _orders.AsSpan(
            epoch * _problem.Features.Samples + from, Math.Min(_problem.Optimiser.Batch, _problem.Features.Samples - from));
    }

    public AdamWStep Numbers(int index) => _steps[index];
}
