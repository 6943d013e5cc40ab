using W2S.Runs.Launchers;
using W2S.Runs.Plans;

namespace W2S.Cluster.Tests;

/// <summary>What a launcher is asked, for tests that need no runs.</summary>
internal static class Requests
{
    public static ILauncher.Request In(string folder, params int[] runsPerLevel)
    {
        var line = 1;
        var levels = new List<SweepPlan.Level>();
        foreach (var runs in runsPerLevel)
        {
            levels.Add(new SweepPlan.Level(levels.Count, [.. Enumerable.Range(line, runs)]));
            line += runs;
        }
        return new ILauncher.Request(folder, "My_Study", levels, ["/opt/w2s/W2S"], MaxMinutes: null);
    }
}
