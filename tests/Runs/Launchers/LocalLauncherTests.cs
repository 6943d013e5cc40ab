using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Runs.Launchers;

/// <summary>The pool of processes, with a shell script in the program's place that writes down how it is called.</summary>
public sealed class LocalLauncherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TimeProvider _time = TimeProvider.System;

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Each_worker_sees_the_GPU_that_it_was_given()
    {
        Pool("echo \"$CUDA_VISIBLE_DEVICES\"", "gpus=[0,3,5]");
        Assert.Equal(["0", "3", "5"], Calls().Order());
    }

    [SkippableFact]
    public void Two_workers_share_a_GPU_where_there_are_more_of_them()
    {
        Pool("echo \"$CUDA_VISIBLE_DEVICES\"", "gpus=[1]", "workers=2");
        Assert.Equal(["1", "1"], Calls());
    }

    [SkippableFact]
    public void Without_GPUs_their_variable_is_left_as_it_is()
    {
        Pool("echo \"${CUDA_VISIBLE_DEVICES-as it was}\"", "workers=2");
        var mine = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") ?? "as it was";
        Assert.Equal([mine, mine], Calls());
    }

    [SkippableFact]
    public void Each_worker_is_kept_on_cores_of_its_own()
    {
        Skip.IfNot(File.Exists("/usr/bin/taskset"), "Without taskset the system places threads as it likes.");
        Skip.If(Environment.ProcessorCount < 2, "It takes two cores.");
        Pool("grep Cpus_allowed_list /proc/self/status", "workers=2", "threads=1");
        var cores = Calls().Select(call => call.Split('\t')[1]).ToList();
        Assert.Equal(2, cores.Distinct().Count());
        Assert.All(cores, core => Assert.True(int.TryParse(core, out _), $"\"{core}\" is not one core."));
    }

    [SkippableFact]
    public void Workers_get_the_whole_plan_their_threads_and_places_of_their_own_to_begin()
    {
        Pool("echo \"$*\"", "workers=2", "threads=1");
        Assert.Equal([$"sweep work {_folder["s"]} --threads 1 --offset 0 --quiet", $"sweep work {_folder["s"]} --threads 1 --offset 0.5 --quiet"], Calls().Order());
    }

    [SkippableFact]
    public void A_worker_that_dies_is_replaced()
    {
        Pool("echo begun; [ $(wc -l <calls) -gt 1 ] || kill -KILL $$", "workers=1");
        Assert.Equal(["begun", "begun"], Calls());
    }

    [SkippableFact]
    public void A_program_that_dies_at_every_start_is_given_up_with_its_words()
    {
        _time = new LivesOf(4.99);
        var error = Assert.Throws<UserErrorException>(() => Pool("echo begun; echo 'no memory at all' >&2; exit 134", "workers=1"));
        Assert.Contains("ended with code 134 soon after its start, 12 times in a row", error.Message);
        Assert.Contains("no memory at all", error.Message);
        Assert.Equal(12, Calls().Count);
    }

    [SkippableFact]
    public void A_program_that_dies_again_and_again_but_lives_for_a_while_is_not_given_up()
    {
        _time = new LivesOf(5);
        Pool("echo begun; [ $(wc -l <calls) -gt 14 ] || kill -KILL $$", "workers=1");
        Assert.Equal(15, Calls().Count);
    }

    [SkippableFact]
    public void A_worker_that_refuses_its_work_ends_the_pool_with_its_words()
    {
        var error = Assert.Throws<UserErrorException>(() => Pool("echo 'There is no such folder.' >&2; exit 2", "workers=1"));
        Assert.Equal("A worker refused its work: There is no such folder.", error.Message);
    }

    [SkippableFact]
    public void Workers_that_stop_by_their_own_clock_stop_the_pool_and_it_says_why()
    {
        var stopped = Assert.Throws<StoppedException>(() => Pool("echo \"$*\"; exit 75", minutes: 1.5, "workers=1"));
        Assert.Equal("--max-minutes 1.5", stopped.Reason);
        Assert.Contains("--max-minutes 1.5", Calls().Single());
    }

    private void Pool(string script, params string[] settings) => Pool(script, null, settings);

    /// <summary>Runs a sweep of six runs with this in the program's place; its standard output is the file "calls".</summary>
    private void Pool(string script, double? minutes, params string[] settings)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The program's place is taken by a shell script.");
        SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }\ndeaths: 1");
        // Appending one short line is one step, so workers do not mix theirs.
        File.WriteAllText(_folder["program"], $"cd '{_folder.Path}'; exec >>calls; {script}\n");
        Sweep.Launch(_folder["s"], "local", [.. settings.Select(ConfigurationLayer.FromAssignment)], ["/bin/bash", _folder["program"]], minutes, RunServices.Silent with { Time = _time });
    }

    private IReadOnlyList<string> Calls() => File.ReadAllLines(_folder["calls"]);

    /// <summary>So many seconds pass whenever it is looked at: at the start of a worker and at its end, however busy the machine is.</summary>
    private sealed class LivesOf(double seconds) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += TimeSpan.FromSeconds(seconds).Ticks;
    }
}
