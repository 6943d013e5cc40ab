namespace W2S.Training;

/// <summary>
/// Chooses how many steps a chunk has, so that the loop looks up about twenty times a second at any speed. It decides
/// where a run is cut, which by the contract of <see cref="ITrainingJob"/> never changes a result.
/// </summary>
internal sealed class ChunkPace(TimeProvider time)
{
    private const double TargetSeconds = 0.05;

    // The first steps are slow (compilation, cold caches), so the rate that they suggest is approached in leaps.
    private const int Growth = 8;

    private int _count = 1;

    /// <summary>The length of the next chunk, at most <paramref name="limit"/>.</summary>
    public int Cut(long limit) => (int)Math.Min(limit, _count);

    /// <summary>Does a chunk of <paramref name="count"/> steps and learns from its duration.</summary>
    public void Measure(int count, Action chunk)
    {
        var start = time.GetTimestamp();
        chunk();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var fitting = seconds > 0 ? count / seconds * TargetSeconds : double.PositiveInfinity;
        _count = (int)Math.Clamp(fitting, 1, Math.Min((long)_count * Growth, int.MaxValue));
    }
}
