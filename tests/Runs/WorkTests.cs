using W2S.Data;
using W2S.Experiments;
using W2S.Reporting;
using W2S.Runs.Kinds;
using W2S.Runs.Launchers;
using W2S.Runs.Leases;
using W2S.Runs.Plans;
using W2S.Runs.Results;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Runs;

public sealed class WorkTests : IDisposable
{
    /// <summary>Seed 0 alone cannot be trained: eight layers overflow at such a step size.</summary>
    private const string OneFails = "grid: { zip: { seed: [0, 1], pretraining.optimiser.learning_rate: [1e6, 0.001] } }\nretries: 1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_run_is_done_once_and_found_again_afterwards()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..2, weak.depth: [1, 2] }");
        Assert.Equal(new SweepWorker.Outcome(15, 15, 0, 0), plan.Work());
        Assert.Equal(new SweepWorker.Outcome(15, 0, 0, 0), plan.Work());
        Assert.Empty(plan.Pending());
        // Nothing but results and logs stays behind.
        var names = Directory.GetFiles(plan.Folder.Runs, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Distinct().Order();
        Assert.Equal(["log.txt", "result.json", "rows.csv", "summary.json", "weights.safetensors"], names);
    }

    [Fact]
    public void Who_lost_a_run_to_another_worker_writes_nothing_over_the_others_result()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0 }");
        var folder = plan.Folder.Run(plan.Runs[^1].Identity);
        var services = RunServices.Silent with { Time = new Thief(folder, plan.Runs[^1].Identity) };
        var outcome = SweepWorker.Work(plan, plan.Runs, new SweepWorker.Options { Patience = TimeSpan.FromMilliseconds(20) }, services);
        Assert.Equal(new SweepWorker.Outcome(3, 2, 0, 0), outcome);
        Assert.Equal("elsewhere", PlannedRun.Result.Read(folder)!.Host);
        Assert.False(File.Exists(Path.Combine(folder, "rows.csv")));
    }

    [Fact]
    public void A_run_of_a_sweep_finds_what_a_reproduction_of_the_same_settings_finds()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: [2b, 2c, 3a]\ngrid: { seed: [4] }");
        plan.Work();
        string[] settings = ["heads.tasks=3", "heads.samples=40", "heads.optimiser.epochs=3", "evaluation.samples=50", "pretraining.tasks=2", "pretraining.samples=40", "pretraining.optimiser.epochs=3"];
        var panels = StudyConfiguration.Resolve(Panel.Find(["2b", "2c", "3a"]), "paper", [.. settings.Select(ConfigurationLayer.FromAssignment)], [4]);
        IReadOnlyList<PanelResult> expected = [.. panels.Run(_folder["r"]).OrderBy(panel => panel.Name)];
        IReadOnlyList<PanelResult> found =
        [
            .. plan.Runs.Where(run => run.Kind == "study")
                .SelectMany(run => ResultFile.Read(plan.Folder.Run(run.Identity)).Panels).OrderBy(panel => panel.Name),
        ];
        Assert.Equal(expected.Text(), found.Text());
    }

    [Fact]
    public void Several_workers_share_the_lines_out_and_several_threads_find_the_same()
    {
        var one = SmallSweeps.Plan(_folder["one"], "grid: { seed: 0..5 }");
        one.Work();
        var many = SmallSweeps.Plan(_folder["many"], "grid: { seed: 0..5 }");
        var outcomes = new SweepWorker.Outcome[3];
        Parallel.For(0, 3, index => outcomes[index] = SweepWorker.Work(
            many, many.Runs, new SweepWorker.Options { Parallel = 2, Offset = index / 3.0, Patience = TimeSpan.FromMilliseconds(20) }, RunServices.Silent));
        Assert.All(outcomes, outcome => Assert.Equal(18, outcome.Done));
        Assert.Equal(18, outcomes.Sum(outcome => outcome.Ran));
        Assert.Equal(Summaries(one), Summaries(many));
    }

    [Fact]
    public void A_run_that_fails_is_tried_again_then_reported_with_the_end_of_its_log_and_stops_no_other()
    {
        var plan = SmallSweeps.Plan(_folder["s"], OneFails);
        var outcome = plan.Work();
        Assert.Equal((3, 1), (outcome.Done, outcome.Blocked));
        Assert.Equal(2, outcome.Failed);
        var status = SweepStatus.Of(plan, TimeProvider.System);
        Assert.Equal((6, 3, 2, 1, 0), (status.Planned, status.Done, status.Failed, status.Held, status.HeldWithHope));
        Assert.True(status.IsOver);
        var failed = status.Troubled[0];
        Assert.Contains("learning rate", failed.Message);
        Assert.Contains("mlp-2x16-seed0 failed: Training", failed.LogEnd);
        Assert.Contains("begins", failed.LogEnd);
        Assert.Equal(2, PlannedRun.Failure.Read(failed.Folder)!.Failures);
        Assert.Empty(plan.Pending());
    }

    [Fact]
    public void Retry_gives_failed_runs_another_chance()
    {
        var plan = SmallSweeps.Plan(_folder["s"], OneFails);
        plan.Work();
        Assert.Equal(2, Sweep.Retry(plan, null).Count);
        Assert.Equal(0, SweepStatus.Of(plan, TimeProvider.System).Failed);
        Assert.Equal(2, plan.Work().Failed);
        Assert.Single(Sweep.Retry(plan, [1]));
        // What is done stays done, whatever happened to it before.
        new PlannedRun.Failure(9, 0, "", "", default).Write(plan.Folder.Run(plan.Runs[^1].Identity));
        Assert.Empty(Sweep.Retry(plan, [plan.Runs.Count]));
        Assert.Throws<UserErrorException>(() => Sweep.Retry(plan, [99]));
    }

    [Fact]
    public void Workers_of_studies_alone_train_what_these_share_themselves_and_once()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: [2b, 3a]\ngrid: { seed: 0..2 }");
        var studies = plan.Runs.Where(run => run.Level == 1).ToList();
        var outcomes = new SweepWorker.Outcome[3];
        Parallel.For(0, 3, index => outcomes[index] = SweepWorker.Work(
            plan, studies, new SweepWorker.Options { Offset = index / 3.0, Patience = TimeSpan.FromMilliseconds(20) }, RunServices.Silent));
        Assert.All(outcomes, outcome => Assert.Equal((6, 0, 0), (outcome.Done, outcome.Failed, outcome.Blocked)));
        Assert.Equal(6, outcomes.Sum(outcome => outcome.Ran));
        Assert.All(plan.Runs, run => Assert.Equal(1, Beginnings(plan, run)));
    }

    [Fact]
    public void A_shared_part_that_fails_is_tried_as_often_as_was_said_however_many_need_it()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: [2b, 3a, 2a]\ngrid: { seed: [0], pretraining.optimiser.learning_rate: [1e6] }\nretries: 3");
        var studies = plan.Runs.Where(run => run.Level == 1).ToList();
        var outcomes = new SweepWorker.Outcome[2];
        Parallel.For(0, 2, index => outcomes[index] = SweepWorker.Work(
            plan, studies, new SweepWorker.Options { Parallel = 2, Patience = TimeSpan.FromMilliseconds(20) }, RunServices.Silent));
        Assert.All(outcomes, outcome => Assert.Equal(new SweepWorker.Outcome(0, 0, 0, 3), outcome));
        var failed = plan.Runs.Where(run => PlannedRun.Failure.Read(plan.Folder.Run(run.Identity))?.IsFinal(plan.Options) == true).ToList();
        Assert.NotEmpty(failed);
        Assert.All(failed, run => Assert.Equal(4, Beginnings(plan, run)));
        Assert.All(studies, run => Assert.Equal(0, Beginnings(plan, run)));
    }

    [Fact]
    public void A_shared_part_that_lost_its_worker_too_often_keeps_back_what_needs_it_and_nothing_else()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }\ndeaths: 0");
        var lost = plan.Runs.First(run => run.Kind == "representation");
        var folder = plan.Folder.Run(lost.Identity);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "lease"), (HeartbeatLease.Claim.Mine(default) with { System = "another machine" }).ToBytes());
        File.SetLastWriteTimeUtc(Path.Combine(folder, "lease"), DateTime.UnixEpoch);
        Assert.Equal(new SweepWorker.Outcome(1, 1, 0, 1), SweepWorker.Work(plan, plan.Runs.Where(run => run.Level == 1), new SweepWorker.Options { Patience = TimeSpan.FromMilliseconds(20) }, RunServices.Silent));
        Assert.Equal(0, Beginnings(plan, lost));
        // Its sibling, the other representation of the same study, is of use to nobody now, but could be to later additions.
        Assert.All(plan.Pending(), level => Assert.Equal(0, level.Number));
    }

    [Fact]
    public void A_worker_that_is_to_stop_saves_and_another_continues_to_the_same_result()
    {
        const string yaml = "grid: { seed: [0] }\nsave_every: 1steps";
        var whole = SmallSweeps.Plan(_folder["whole"], yaml);
        whole.Work();
        var stopped = SmallSweeps.Plan(_folder["stopped"], yaml);
        var stop = new StopSignal();
        stop.Set("a test");
        Assert.Throws<StoppedException>(() => stopped.Work(RunServices.Silent with { Stop = stop }));
        Assert.Equal(0, SweepStatus.Of(stopped, TimeProvider.System).Running);
        stopped.Work();
        Assert.Equal(Summaries(whole), Summaries(stopped));
    }

    [Fact]
    public void A_run_that_loses_its_worker_too_often_counts_as_failed()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: 2c\ngrid: { seed: [0] }\ndeaths: 1");
        var folder = plan.Folder.Run(plan.Runs[0].Identity);
        Directory.CreateDirectory(folder);
        for (var death = 1; death <= 2; death++)
        {
            new PlannedRun.Failure(0, death - 1, "", "", default).Write(folder);
            File.WriteAllBytes(Path.Combine(folder, "lease"), (HeartbeatLease.Claim.Mine(default) with { System = "another machine" }).ToBytes());
            File.SetLastWriteTimeUtc(Path.Combine(folder, "lease"), DateTime.UnixEpoch);
            Assert.Equal(SweepStatus.RunState.Stalled, SweepStatus.Of(plan, TimeProvider.System).Troubled.Single().State);
            var outcome = plan.Work();
            Assert.Equal(death == 2 ? 1 : 0, outcome.Failed);
            if (death == 1) File.Delete(Path.Combine(folder, "result.json"));
        }
        Assert.Contains("its worker vanished 2 times", SweepStatus.Of(plan, TimeProvider.System).Troubled.Single().Message);
    }

    [Fact]
    public void Collecting_gathers_a_row_for_each_finished_run_and_means_over_seeds_also_when_some_are_missing()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { weak.depth: [1, 2], seed: 0..3 }");
        SweepWorker.Work(plan, plan.Runs.Where(run => run.Kind == "representation" || run.Line % 4 != 0), new SweepWorker.Options(), RunServices.Silent);
        var collection = SweepCollection.Read(plan);
        Assert.Equal(SweepStatus.Of(plan, TimeProvider.System).Done, collection.Runs.Count);
        collection.Write(SweepStatus.Of(plan, TimeProvider.System), new ReportContext("sweep collect"));

        var rows = File.ReadAllLines(plan.Folder.ResultsFile);
        Assert.Equal(1 + collection.Runs.Count(run => run.Planned.Kind == "study"), rows.Length);
        Assert.Equal(1 + collection.Runs.Count(run => run.Planned.Kind == "representation"), File.ReadAllLines(plan.Folder.PartsFile("representation")).Length);
        Assert.StartsWith("line,id,kind,name,weak.depth,seed,weak_error,student_error,strong_error,misfit,gain,", rows[0]);
        var study = collection.Runs.Last();
        Assert.Contains($",{NumberText.Exact(study.Measures["gain"])},", rows[^1]);

        var tasks = CsvTable.Read(plan.Folder.TasksFile, ["line", "grid:weak.depth", "task", "gain"]);
        Assert.Equal(3 * (rows.Length - 1), tasks.Rows.Count);
        var table = collection.Kinds[0].Short().Table;
        Assert.Equal(["1", "2"], table.Rows.Select(row => row[0]));
        var deep = collection.Runs.Where(run => run.Planned.Varies.GetValueOrDefault("weak.depth") == "2").ToList();
        Assert.Equal($"{deep.Count}", table.Rows[1][1]);
        Assert.Equal(deep.SelectMany(run => Enumerable.Repeat($"{run.Planned.Line}", 3)), tasks.Rows.Where(row => row[1] == "2").Select(row => row[0]));
        var report = File.ReadAllText(plan.Folder.ReportFile);
        Assert.Contains("over seeds", report);
        Assert.All(collection.Runs, run => Assert.Contains($"href=\"runs/{run.Planned.Identity[..2]}/{run.Planned.Identity}/\"", report));
    }

    [Fact]
    public void What_is_known_so_far_is_gathered_while_others_run_and_fail()
    {
        var plan = SmallSweeps.Plan(_folder["s"], OneFails);
        plan.Work();
        var running = plan.Folder.Run(plan.Runs.Last(run => run.Level == 0).Identity);
        File.Delete(Path.Combine(running, "result.json"));
        using var lease = HeartbeatLease.TryAcquire(running, TimeProvider.System);
        var status = SweepStatus.Of(plan, TimeProvider.System);
        Assert.Equal((2, 1, 2), (status.Done, status.Running, status.Failed));
        SweepCollection.Read(plan).Write(status, new ReportContext("sweep collect"));
        Assert.Equal(2, File.ReadAllLines(plan.Folder.ResultsFile).Length);
        Assert.Equal(2, File.ReadAllLines(plan.Folder.PartsFile("representation")).Length);
        var report = File.ReadAllText(plan.Folder.ReportFile);
        Assert.Contains("2 of 6 runs are done; 1 running, 1 waiting, 2 failed. More results will come", report);
        Assert.Contains("The ends of their logs", report);
        Assert.Contains("mlp-2x16-seed0 failed: Training", report);
    }

    [Fact]
    public void Means_do_not_mix_shared_parts_of_unlike_settings()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: 2a\ngrid: { seed: 0..1, pretraining.samples: [40, 60], weak.depth: [1, 2] }");
        plan.Work();
        var table = SweepCollection.Read(plan).Kinds.Single(kind => kind.Kind == "representation").Short().Table;
        Assert.Equal(["depth", "pretraining.samples", "runs", "steps", "loss"], table.Headers);
        Assert.Equal(["1 40 2", "1 60 2", "2 40 2", "2 60 2"], table.Rows.Select(row => string.Join(' ', row.Take(3))));
    }

    [Fact]
    public void Cleaning_removes_what_killed_workers_left_and_no_result()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: 2c\ngrid: { seed: 0..1 }");
        plan.Work();
        var done = plan.Folder.Run(plan.Runs[0].Identity);
        Directory.CreateDirectory(Path.Combine(done, "checkpoints-12345678", "weak"));
        File.WriteAllText(Path.Combine(done, "checkpoints-12345678", "weak", "state"), "12345");
        Directory.CreateDirectory(plan.Folder.Run("ffffffffffffffff"));
        var outcome = Sweep.Clean(plan, logs: false);
        Assert.Equal((1, 5, 1), outcome);
        Assert.Equal(2, SweepStatus.Of(plan, TimeProvider.System).Done);
        Assert.Equal(2, Sweep.Clean(plan, logs: true).Files);
    }

    /// <summary>How often a run was begun, by its log.</summary>
    private static int Beginnings(SweepPlan plan, PlannedRun run)
    {
        var log = Path.Combine(plan.Folder.Run(run.Identity), SweepWorker.Execution.Log.FileName);
        return File.Exists(log) ? File.ReadLines(log).Count(line => line.Contains($"Line {run.Line}, {run.Name}, begins")) : 0;
    }

    /// <summary>Everything that runs found, times aside.</summary>
    private static List<string> Summaries(SweepPlan plan) =>
    [
        .. plan.Runs.Where(run => run.Kind == "study")
            .Select(run => ResultFile.Read(plan.Folder.Run(run.Identity)).Panels.Text()),
    ];

    /// <summary>A clock by whose first use within a run another worker takes that run over and finishes it.</summary>
    private sealed class Thief(string folder, string identity) : TimeProvider
    {
        private readonly Lock _gate = new();
        private bool _hasStolen;

        public override long GetTimestamp()
        {
            var lease = Path.Combine(folder, HeartbeatLease.FileName);
            lock (_gate)
            {
                if (!_hasStolen && File.Exists(lease) && File.Exists(Path.Combine(folder, SweepWorker.Execution.Log.FileName)))
                {
                    _hasStolen = true;
                    File.Delete(lease);
                    File.WriteAllBytes(lease, (HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch) with { Nonce = "another" }).ToBytes());
                    new PlannedRun.Result(identity, [], 1, DateTimeOffset.UnixEpoch, "elsewhere", 0, 0).Write(folder);
                }
            }
            return base.GetTimestamp();
        }
    }
}
