using System.Diagnostics;

namespace TorchSharpPeer;

/// <summary>What a round found.</summary>
/// <param name="Seconds">Medians of processor time, by name: what else runs on the core is not counted.</param>
/// <param name="Losses">Of the first steps, by the name of what was trained.</param>
internal sealed record PeerTimes(Dictionary<string, double> Seconds, Dictionary<string, float[]> Losses)
{
    /// <summary>Median seconds, after a tenth as many repetitions to fill the caches.</summary>
    public static double Median(int repetitions, Action work)
    {
        for (var repetition = 0; repetition <= repetitions / 10; repetition++) work();
        var seconds = new double[repetitions];
        for (var repetition = 0; repetition < repetitions; repetition++) seconds[repetition] = Time(work);
        return Median(seconds);
    }

    /// <summary>Median seconds of as many repetitions as begin within some seconds.</summary>
    public static double Median(double within, Action work)
    {
        var seconds = new List<double>();
        for (var start = Stopwatch.GetTimestamp(); seconds.Count == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < within;)
            seconds.Add(Time(work));
        return Median([.. seconds]);
    }

    private static double Time(Action work)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private static double Median(double[] seconds)
    {
        Array.Sort(seconds);
        return (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2;
    }
}
