namespace W2S.Experiments;

/// <summary>A representation that several panels may need, obtained once by its job.</summary>
/// <param name="work">Multiply-adds of its training, up to a constant.</param>
internal sealed class SharedRepresentation(double work, Func<Representation> obtain, TimeProvider time)
{
    private Representation? _representation;
    private StudyJob? _job;

    public double Work => work;

    public StudyJob Job => _job ??= new StudyJob([], () =>
    {
        var started = time.GetTimestamp();
        _representation = obtain();
        Seconds = time.GetElapsedTime(started).TotalSeconds;
    });

    /// <summary>The time that obtaining it took.</summary>
    public double Seconds { get; private set; }

    public Representation Representation => _representation ?? throw new InvalidOperationException("Its job has not run.");
}
