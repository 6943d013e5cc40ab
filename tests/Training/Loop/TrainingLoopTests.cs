using System.Text.RegularExpressions;
using W2S.Data;

namespace W2S.Training.Tests;

public sealed class TrainingLoopTests : IDisposable
{
    private const long Steps = 53;
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_that_is_stopped_before_any_step_and_resumed_ends_in_the_same_bits_with_the_same_history()
    {
        var whole = TrainingLoop.Run(new QuadraticJob(Steps), Options("10steps"), Store("whole"), Services());
        for (long stopAt = 0; stopAt < Steps; stopAt++)
        {
            var name = $"stopped-{stopAt}";
            Assert.Throws<StoppedException>(() => RunUntil(stopAt, name, Options("10steps")));
            var resumed = TrainingLoop.Run(new QuadraticJob(Steps), Options("10steps"), Store(name), Services());
            Assert.Equal(FinalState("whole"), FinalState(name));
            Assert.Equal(whole.History, resumed.History);
            Assert.Equal(whole.FinalLoss, resumed.FinalLoss);
            Assert.Null(whole.ResumedFrom);
            Assert.InRange(resumed.ResumedFrom!.Value, stopAt, Steps);
        }
    }

    [Fact]
    public void A_training_that_is_stopped_many_times_ends_in_the_same_bits()
    {
        TrainingLoop.Run(new QuadraticJob(Steps), Options("7steps"), Store("whole"), Services());
        for (var round = 0; round < 10; round++)
        {
            var random = new RandomStream(3, "stops", round);
            var name = $"stopped-{round}";
            long at = 0;
            while (at < Steps)
            {
                at += random.NextInt(25);
                try
                {
                    RunUntil(at, name, Options("7steps"));
                    break;
                }
                catch (StoppedException)
                {
                    continue;
                }
            }
            TrainingLoop.Run(new QuadraticJob(Steps), Options("7steps"), Store(name), Services());
            Assert.Equal(FinalState("whole"), FinalState(name));
        }
    }

    [Fact]
    public void What_the_last_save_had_still_to_remove_when_it_was_killed_is_removed_by_who_finds_the_training_finished()
    {
        TrainingLoop.Run(new QuadraticJob(Steps), Options("10steps"), Store("whole"), Services());
        TrainingLoop.Run(new QuadraticJob(Steps), Options("10steps") with { KeepNewest = 100 }, Store("killed"), Services());
        var killed = _folder["killed"];
        File.WriteAllText(Path.Combine(killed, "LAST"), "step-000000050\n");
        Directory.Move(Path.Combine(killed, "step-000000010"), Path.Combine(killed, "step-000000010.old.tmp"));
        TrainingLoop.Run(new QuadraticJob(Steps), Options("10steps"), Store("killed"), Services());
        Assert.Equal(Names("whole"), Names("killed"));
        Assert.Equal(File.ReadAllText(_folder["whole/LAST"]), File.ReadAllText(Path.Combine(killed, "LAST")));

        string[] Names(string run) =>
            [.. Directory.GetFileSystemEntries(_folder[run]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_training_whose_folder_another_worker_has_taken_over_stops_without_saving()
    {
        var stop = new StopSignal();
        var job = new QuadraticJob(Steps, beforeStep: step =>
        {
            if (step == 12) stop.Abandon("another worker");
        });
        Assert.Throws<StoppedException>(() => TrainingLoop.Run(job, Options("5steps"), Store("lost"), Services(stop)));
        Assert.Equal(10, Store("lost").LoadNewest()!.Manifest.Step);
    }

    [Fact]
    public void Nothing_about_the_speed_of_the_machine_enters_the_result()
    {
        var random = new RandomStream(5, "speeds");
        TrainingLoop.Run(new QuadraticJob(Steps), Options("1epoch"), Store("even"), Services());
        var uneven = new QuadraticJob(Steps, beforeStep: _ => _time.Advance(TimeSpan.FromMilliseconds(random.NextUniform(0, 60))));
        TrainingLoop.Run(uneven, Options("10s"), Store("uneven"), Services());
        Assert.Equal(FinalState("even"), FinalState("uneven"));
    }

    [Fact]
    public void A_finished_training_returns_at_once_with_its_history()
    {
        var first = TrainingLoop.Run(new QuadraticJob(Steps), Options("50%"), Store("done"), Services());
        var job = new QuadraticJob(Steps);
        var again = TrainingLoop.Run(job, Options("50%"), Store("done"), Services());
        Assert.Empty(job.Chunks);
        Assert.Equal(Steps, again.ResumedFrom);
        Assert.Equal(first.History, again.History);
    }

    [Fact]
    public void The_mean_loss_is_logged_at_every_log_point_and_at_the_end()
    {
        var metrics = new RecordingSink();
        var outcome = TrainingLoop.Run(
            new QuadraticJob(Steps), Options("50%") with { LogEvery = Duration.Parse("25steps") }, null, Services(metrics: metrics));
        Assert.Equal([25, 50, 53], outcome.History.Select(point => point.Step));
        Assert.Equal(
            outcome.History.Select(point => (point.Step, point.Loss)),
            metrics.Written.Select(metric => (metric.Step, metric.Values["loss"])));
        Assert.Equal(2.5, metrics.Written[0].Epoch);
    }

    [Fact]
    public void By_time_a_checkpoint_is_written_when_that_time_has_passed_since_the_last()
    {
        var saved = new List<long>();
        var store = Store("timed");
        var job = new QuadraticJob(100, beforeStep: step =>
        {
            if (Directory.Exists(store.Folder))
                saved.Add(step - Directory.GetDirectories(store.Folder).Max(path => Checkpoint.Load(path).Manifest.Step));
            _time.Advance(TimeSpan.FromSeconds(1));
        });
        TrainingLoop.Run(job, Options("10s"), store, Services());
        // One step a second: no step ever starts ten or more steps after the newest checkpoint.
        Assert.Equal(9, saved.Max());
        Assert.Equal(90, saved.Count);
    }

    [Fact]
    public void Chunks_grow_until_they_last_a_twentieth_of_a_second_and_shrink_with_the_speed()
    {
        var step = TimeSpan.FromMilliseconds(1);
        var job = new QuadraticJob(2000, beforeStep: current =>
        {
            if (current == 1000) step = TimeSpan.FromMilliseconds(10);
            _time.Advance(step);
        });
        TrainingLoop.Run(job, Options("100%") with { LogEvery = Duration.Parse("100%") }, null, Services());
        Assert.Equal([1, 8, 50, 50], job.Chunks.Take(4));
        Assert.Equal(5, job.Chunks[^2]);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_with_job_step_last_checkpoint_and_a_hint()
    {
        var store = Store("nan");
        var job = new QuadraticJob(Steps, beforeStep: step =>
        {
            if (step == 42) throw new NonFiniteLossException(step, "layer 3");
        });
        var error = Assert.Throws<TrainingFailedException>(() => TrainingLoop.Run(job, Options("10steps"), store, Services()));
        Assert.Contains("a quadratic", error.Message);
        Assert.Contains("step 42", error.Message);
        Assert.Contains(Path.Combine(store.Folder, "step-000000040"), error.Message);
        Assert.Contains("smaller learning rate", error.Message);
    }

    [Fact]
    public void A_checkpoint_of_another_architecture_is_refused_by_name()
    {
        TrainingLoop.Run(new QuadraticJob(Steps, width: 4), Options("50%"), Store("other"), Services());
        var error = Assert.Throws<UserErrorException>(
            () => TrainingLoop.Run(new QuadraticJob(Steps), Options("50%"), Store("other"), Services()));
        Assert.Matches(
            new Regex("step-000000053 does not fit a quadratic: The tensor position is F64 \\[4\\] where F64 \\[5\\] is needed"),
            error.Message);
    }

    [Fact]
    public void Logging_by_time_is_refused()
    {
        var options = new TrainingOptions { LogEvery = Duration.Parse("1s") };
        Assert.Throws<UserErrorException>(() => TrainingLoop.Run(new QuadraticJob(Steps), options, null, Services()));
    }

    private void RunUntil(long step, string name, TrainingOptions options)
    {
        var stop = new StopSignal();
        if (step == 0) stop.Set("test");
        var job = new QuadraticJob(Steps, beforeStep: current =>
        {
            if (current + 1 >= step) stop.Set("test");
            _time.Advance(TimeSpan.FromMilliseconds(17));
        });
        TrainingLoop.Run(job, options, Store(name), Services(stop));
    }

    private static TrainingOptions Options(string saveEvery) => new()
    {
        SaveEvery = Duration.Parse(saveEvery), LogEvery = Duration.Parse("4steps"),
    };

    private CheckpointStore Store(string name) => new(_folder[name], "settings", _time);

    private RunServices Services(StopSignal? stop = null, IMetricSink? metrics = null) =>
        RunServices.Silent with { Time = _time, Stop = stop ?? new StopSignal(), Metrics = metrics ?? IMetricSink.None };

    private byte[] FinalState(string name) => File.ReadAllBytes(_folder[$"{name}/step-{Steps:D9}/{Checkpoint.StateFile}"]);

    private sealed class RecordingSink : IMetricSink
    {
        public List<Metric> Written { get; } = [];
        public void Write(Metric metric) => Written.Add(metric);
    }
}
