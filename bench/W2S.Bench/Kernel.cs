using System.Diagnostics;
using W2S.Training;

namespace W2S.Bench;

/// <summary>A kernel of the comparison and the ways to time one unit of it, in seconds.</summary>
/// <param name="Fused">Times a stretch of the fused engine.</param>
/// <param name="Torch">Times a stretch of the torch engine; null where there is none.</param>
/// <param name="Peer">Finds or computes the peer's time in what timings.py says.</param>
internal sealed record Kernel(
    Comparison Row, Func<double> Fused, Func<double>? Torch, Func<IReadOnlyDictionary<string, double>, double> Peer)
{
    /// <summary>Times the next <paramref name="count"/> steps of a job; seconds a step.</summary>
    public static Func<double> Steps(ITrainingJob job, int count)
    {
        long step = 0;
        return () =>
        {
            var seconds = Seconds(() => job.Advance(step, count)) / count;
            step += count;
            return seconds;
        };
    }

    public static double Seconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
