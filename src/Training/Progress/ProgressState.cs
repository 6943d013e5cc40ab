namespace W2S.Training;

/// <summary>One thing in progress: where it stands, and what follows from that. Safe to read while another thread reports.</summary>
internal sealed class ProgressState(string name, string unit, long total, long startStep, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly long _startStep = startStep;
    private long _step = startStep;
    private double _loss = double.NaN;

    public string Name { get; } = name;
    public string Unit { get; } = unit;
    public long Total { get; } = total;
    public long Step => Volatile.Read(ref _step);

    /// <summary>Whether it was complete before it began: found from an earlier run.</summary>
    public bool WasComplete => _startStep >= Total;

    public TimeSpan Elapsed => time.GetElapsedTime(_started);
    public double Share => Total <= 0 ? 1 : Math.Clamp((double)Step / Total, 0, 1);

    /// <summary>The last mean loss; null before the first.</summary>
    public double? Loss => Volatile.Read(ref _loss) is var loss && double.IsNaN(loss) ? null : loss;

    /// <summary>What is being worked on, by name.</summary>
    public IReadOnlyList<string> Working { get; set; } = [];

    /// <summary>Steps a second since the start, those before a resume left out.</summary>
    public double Rate => Elapsed.TotalSeconds is > 0 and var seconds ? (Step - _startStep) / seconds : 0;

    /// <summary>At the rate so far; null while there is none.</summary>
    public TimeSpan? Left => Rate > 0 ? TimeSpan.FromSeconds(Math.Min((Total - Step) / Rate, 1e8)) : null;

    /// <inheritdoc cref="IProgressDisplay.IItem.Report"/>
    public void Report(long step, double? loss)
    {
        Volatile.Write(ref _step, step);
        if (loss is { } value) Volatile.Write(ref _loss, value);
    }
}
