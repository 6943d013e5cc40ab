using W2S.Experiments;
using W2S.Runs.Plans;

namespace W2S.Runs.Results;

/// <summary>How fast a sweep goes, and how long it will.</summary>
public sealed class SweepStatusTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_rate_is_of_the_last_ten_minutes_or_since_the_first_run_and_hopeless_runs_take_no_time()
    {
        // Four seeds: a weak and a strong network each, and the study that needs both.
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..3 }");
        var networks = plan.Runs.Where(run => run.Level == 0).ToList();
        Assert.Equal((12, 8), (plan.Runs.Count, networks.Count));
        Expect(rate: null, left: null);
        foreach (var (run, minutes) in networks.Take(3).Zip([4, 2, 1])) Finish(run, minutes);
        Expect(rate: 3 / 4.0, left: 9 / 0.75);
        Finish(networks[3], 30);
        Expect(rate: 0.3, left: 8 / 0.3);

        var failed = networks[^1];
        Directory.CreateDirectory(plan.Folder.Run(failed.Identity));
        new PlannedRun.Failure(1000, 0, "It cannot be.", "", Now).Write(plan.Folder.Run(failed.Identity));
        Assert.Single(plan.Runs, run => run.After.Contains(failed.Identity));
        Expect(rate: 0.3, left: 6 / 0.3);

        void Finish(PlannedRun run, int minutesAgo)
        {
            var folder = plan.Folder.Run(run.Identity);
            Directory.CreateDirectory(folder);
            new PlannedRun.Result(run.Identity, [], 1, Now, "here", 0, 0).Write(folder);
            File.SetLastWriteTimeUtc(Path.Combine(folder, PlannedRun.Result.FileName), Now.UtcDateTime.AddMinutes(-minutesAgo));
        }

        void Expect(double? rate, double? left)
        {
            var status = SweepStatus.Of(plan, new Noon());
            Assert.Equal(rate, status.RunsPerMinute);
            Assert.Equal(left.HasValue, status.MinutesLeft.HasValue);
            if (left is { } minutes) Assert.Equal(minutes, status.MinutesLeft!.Value, 1e-9);
        }
    }

    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
