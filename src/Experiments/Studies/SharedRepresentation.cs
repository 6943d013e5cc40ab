using W2S.Training;

namespace W2S.Experiments;

/// <summary>A representation that several panels may need, obtained once by its job.</summary>
/// <param name="options">The settings of the first panel that needs it.</param>
/// <param name="work">Multiply-adds of its training, up to a constant.</param>
internal sealed class SharedRepresentation(
    StudyOptions options, RepresentationOptions representation, IEngine engine, double work, Func<Representation> obtain, TimeProvider time)
{
    private Representation? _representation;
    private StudyJob? _job;
    private double _share;

    public StudyOptions Options => options;
    public RepresentationOptions Shape => representation;
    public IEngine Engine => engine;
    public double Work => work;

    /// <summary>What it waits for; known before <see cref="Job"/> is asked for.</summary>
    public IReadOnlyList<StudyJob> After { get; set; } = [];

    public StudyJob Job => _job ??= new StudyJob(After, () =>
    {
        var started = time.GetTimestamp();
        _representation = obtain();
        Seconds = _share + time.GetElapsedTime(started).TotalSeconds;
    });

    /// <summary>The time that obtaining it took, with its share of a training together with others.</summary>
    public double Seconds { get; private set; }

    public Representation Representation => _representation ?? throw new InvalidOperationException("Its job has not run.");

    /// <summary>Counts its share of a training together with others.</summary>
    public void Charge(double seconds) => _share = seconds;
}
