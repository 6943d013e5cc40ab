using W2S.Experiments;
using W2S.Runs.Plans;

namespace W2S.Runs;

/// <summary>Finds the runs below a folder, finished or not, by the files that they keep.</summary>
internal static class RunFinder
{
    private const int Deepest = 3;

    /// <summary>Where commands put runs that are not told otherwise.</summary>
    public static IReadOnlyList<string> UsualRoots { get; } = ["runs", "checkpoints"];

    /// <summary>The folders of runs and sweeps, in the order of their names; what a run keeps inside is not looked at.</summary>
    public static IEnumerable<string> Below(string root) => Below(root, 0);

    /// <summary>Whether a sweep was planned in the folder.</summary>
    public static bool IsSweep(string folder) => File.Exists(new SweepFolder(folder).ManifestFile);

    private static IEnumerable<string> Below(string folder, int depth)
    {
        if (IsRun(folder) || IsSweep(folder)) return [folder];
        return depth == Deepest || !Directory.Exists(folder) ? [] : Inner(folder).SelectMany(inner => Below(inner, depth + 1));
    }

    private static bool IsRun(string folder) =>
        File.Exists(Path.Combine(folder, RunFolder.ConfigurationFile)) && File.Exists(Path.Combine(folder, Training.MetricFiles.JsonLines));

    private static IEnumerable<string> Inner(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
