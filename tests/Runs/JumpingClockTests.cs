using W2S.Data;
using W2S.Experiments;
using W2S.Runs.Plans;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Runs;

/// <summary>A clock that is set forward and back by years in the middle of things decides nothing.</summary>
public sealed class JumpingClockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_study_ends_in_the_same_bits()
    {
        var studies = SmallStudies.Of("2b", "heads.tasks=2");
        Assert.Equal(studies.Run(_folder["steady"]).Text(), studies.Run(_folder["jumping"], run: RunServices.Silent with { Time = new Jumping() }).Text());
    }

    [Fact]
    public void A_sweep_runs_every_run_once_and_keeps_its_leases()
    {
        var plan = SmallSweeps.Plan(_folder["sweep"], "grid: { seed: 0..2 }");
        var services = RunServices.Silent with { Time = new Jumping() };
        var outcome = SweepWorker.Work(plan, plan.Runs, new SweepWorker.Options { Patience = TimeSpan.FromMilliseconds(50) }, services);
        Assert.Equal(new SweepWorker.Outcome(plan.Runs.Count, plan.Runs.Count, 0, 0), outcome);
        Assert.All(plan.Runs, run => Assert.Equal((0, 0), (PlannedRun.Result.Read(plan.Folder.Run(run.Identity))!.Failures, PlannedRun.Result.Read(plan.Folder.Run(run.Identity))!.Deaths)));
    }

    /// <summary>Wall-clock times anywhere within thirty years; the time since start-up goes on as it does.</summary>
    private sealed class Jumping : TimeProvider
    {
        private readonly RandomStream _random = new(1, "jumps");

        public override DateTimeOffset GetUtcNow()
        {
            lock (_random) return DateTimeOffset.UnixEpoch.AddDays(_random.NextInt(365 * 30));
        }
    }
}
