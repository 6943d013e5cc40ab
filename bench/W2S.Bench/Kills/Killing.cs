using System.Diagnostics;
using W2S.Data;

namespace W2S.Bench;

/// <summary>
/// Kills studies with SIGKILL at random moments, starts them again until they end, and compares every end, bit by bit, with
/// that of the same study undisturbed.
/// </summary>
internal static class Killing
{
    /// <param name="times">Kills, at least.</param>
    /// <param name="seed">Of the moments.</param>
    public static TrialResult Run(TrialStudy study, int times, long seed)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-kill-").FullName;
        try
        {
            var (random, problems) = (new RandomStream(seed, $"kills of {study.Name}"), new List<string>());
            // One folder after another of one name, for runs keep the paths of what they read.
            var place = new TrialFolder(Path.Combine(folder, "study"));
            place.Prepare(study);
            var clock = Stopwatch.StartNew();
            End(place, study, () => null, problems);
            var (whole, undisturbed) = (clock.Elapsed.TotalSeconds, place.Sums());
            var (kills, ends) = (0, 0);
            while (kills < times && problems.Count == 0)
            {
                place.Delete();
                place.Prepare(study);
                // Sooner than a command takes, so that some are killed while they start, and all that is saved is continued.
                kills += End(place, study, () => TimeSpan.FromSeconds(whole / study.Commands.Count * random.NextDouble()), problems);
                problems.AddRange(TrialFolder.Differences(undisturbed, place.Sums()));
                ends++;
            }
            return new TrialResult(kills, ends, undisturbed.Count, problems);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs the commands to their end, each started again as often as it is killed.</summary>
    /// <param name="patience">How long until the next kill; null: there is none.</param>
    /// <returns>How often that met it.</returns>
    private static int End(TrialFolder folder, TrialStudy study, Func<TimeSpan?> patience, List<string> problems)
    {
        var kills = 0;
        foreach (var command in study.Commands)
        {
            while (true)
            {
                using var process = folder.Start(command);
                if (patience() is { } wait && process.Kill(wait))
                {
                    kills++;
                    continue;
                }
                if (process.End() is (not 0 and var code, var errors)) problems.Add($"{command} ended with {code}: {errors}");
                break;
            }
        }
        return kills;
    }
}
