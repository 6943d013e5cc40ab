using System.Diagnostics;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Repeated timings of one thing, in seconds.</summary>
internal sealed class Times
{
    private readonly List<double> _seconds = [];

    public int Count => _seconds.Count;

    public double Least => _seconds.Min();

    public double Most => _seconds.Max();

    public double Median
    {
        get
        {
            double[] sorted = [.. _seconds.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public void Add(double seconds) => _seconds.Add(seconds);

    /// <summary>Seconds by the clock.</summary>
    public static double Of(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>
    /// Seconds of processor time, all threads of this process together: for work of one thread what the clock would say if
    /// nothing else ran on its core. Exact to a microsecond.
    /// </summary>
    public static double OfProcessor(Action work)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    /// <summary>Times the next <paramref name="count"/> steps of a job at each call; seconds a step.</summary>
    /// <param name="time"><see cref="Of"/> or <see cref="OfProcessor"/>.</param>
    /// <param name="first">The step that the job is at.</param>
    public static Func<double> OfSteps(Func<Action, double> time, ITrainingJob job, int count, long first = 0)
    {
        var step = first;
        return () =>
        {
            var seconds = time(() => job.Advance(step, count)) / count;
            step += count;
            return seconds;
        };
    }

    /// <summary>"3.51 µs", at three digits.</summary>
    public static string Format(double seconds) => seconds switch
    {
        < 1e-6 => $"{Digits(seconds * 1e9)} ns",
        < 1e-3 => $"{Digits(seconds * 1e6)} µs",
        < 1 => $"{Digits(seconds * 1e3)} ms",
        _ => $"{Digits(seconds)} s",
    };

    private static string Digits(double value) => value switch { < 10 => $"{value:F2}", < 100 => $"{value:F1}", _ => $"{value:F0}" };
}
