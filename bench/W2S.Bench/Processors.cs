using System.Diagnostics;

namespace W2S.Bench;

/// <summary>On which processors the main thread and the processes that it starts run.</summary>
internal static class Processors
{
    /// <summary>Works on the last processor alone: the first serves interrupts on many machines.</summary>
    public static T Pinned<T>(Func<T> work)
    {
        if (!OperatingSystem.IsLinux()) return work();
        using var process = Process.GetCurrentProcess();
        var all = process.ProcessorAffinity;
        process.ProcessorAffinity = 1 << (Environment.ProcessorCount - 1);
        try
        {
            return work();
        }
        finally
        {
            process.ProcessorAffinity = all;
        }
    }

    /// <summary>"Intel(R) Xeon(R) Processor, 2 cores".</summary>
    public static string Description
    {
        get
        {
            const string file = "/proc/cpuinfo";
            var name = File.Exists(file)
                ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                : null;
            return $"{name ?? "unknown processor"}, {Environment.ProcessorCount} cores";
        }
    }

    /// <summary>Processes that want to run, mean of the last minute; null where the system does not say.</summary>
    public static double? Load => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
