using System.Diagnostics;
using W2S.Experiments;
using W2S.Runs.Plans;
using W2S.Training;

namespace W2S.Runs.Leases;

public sealed class HeartbeatLeaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_two_workers_one_has_the_run_until_it_lets_go()
    {
        var first = Acquire();
        Assert.NotNull(first);
        Assert.False(first.TookOver);
        Assert.Null(Acquire());
        Assert.Equal(HeartbeatLease.State.Held, HeartbeatLease.StateOf(_folder.Path));
        first.Dispose();
        Assert.Equal(HeartbeatLease.State.None, HeartbeatLease.StateOf(_folder.Path));
        using var second = Acquire();
        Assert.False(second!.TookOver);
    }

    [SkippableFact]
    public void The_lease_of_a_process_of_this_machine_that_is_gone_is_taken_over_at_once()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        using var gone = Process.Start("sleep", "60");
        var claim = HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch) with { Process = gone.Id, Started = StartOf(gone.Id) };
        Write(claim);
        Assert.Null(Acquire());
        gone.Kill();
        gone.WaitForExit();
        Assert.Equal(HeartbeatLease.State.Dead, HeartbeatLease.StateOf(_folder.Path));
        using var lease = Acquire();
        Assert.True(lease!.TookOver);
        Assert.True(lease.IsHeld());
    }

    [SkippableFact]
    public void A_process_number_that_is_used_again_does_not_keep_the_dead_alive()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        var mine = HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch);
        Write(mine with { Started = mine.Started - 1 });
        Assert.True(Acquire()!.TookOver);
    }

    /// <summary>Where this machine's clock is behind the file server's no beat looks old: it is the server's clock that decides.</summary>
    [Fact]
    public void A_beat_of_the_future_is_neither_taken_for_a_fresh_one_nor_its_lease_taken_over()
    {
        Write(HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch) with { System = "another machine", Process = 1, Started = 1 });
        Age(TimeSpan.FromHours(-1));
        Assert.Equal(HeartbeatLease.State.Dead, HeartbeatLease.StateOf(_folder.Path));
        Assert.Null(Acquire());
    }

    [Theory]
    [InlineData(85, false)]
    [InlineData(95, true)]
    public void A_lease_of_another_machine_is_dead_after_a_minute_and_a_half(int seconds, bool isDead)
    {
        Write(HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch) with { System = "another machine", Process = 1, Started = 1 });
        Assert.Null(Acquire());
        Age(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isDead ? HeartbeatLease.State.Dead : HeartbeatLease.State.Held, HeartbeatLease.StateOf(_folder.Path));
        using var lease = Acquire();
        Assert.Equal(isDead, lease?.TookOver == true);
    }

    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(0, 20, false)]
    [InlineData(0, 21, true)]
    public void A_run_has_two_retries_and_twenty_deaths(int failures, int deaths, bool isFinal) =>
        Assert.Equal(isFinal, new PlannedRun.Failure(failures, deaths, "", "", DateTimeOffset.UnixEpoch).IsFinal(new SweepOptions()));

    [Fact]
    public void Of_another_machine_only_the_beats_are_believed()
    {
        Write(HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch) with { System = "another machine", Process = 1, Started = 1 });
        Assert.Null(Acquire());
        Age(HeartbeatLease.StaleAfter + TimeSpan.FromSeconds(5));
        Assert.Equal(HeartbeatLease.State.Dead, HeartbeatLease.StateOf(_folder.Path));
        Assert.True(Acquire()!.TookOver);
    }

    [Fact]
    public void An_empty_lease_after_a_power_cut_holds_nobody_up_for_longer_than_a_dead_one()
    {
        File.WriteAllText(_folder["lease"], "");
        Assert.Null(Acquire());
        Age(HeartbeatLease.StaleAfter + TimeSpan.FromSeconds(5));
        Assert.True(Acquire()!.TookOver);
    }

    [Fact]
    public void A_beat_keeps_a_lease_fresh()
    {
        using var lease = Acquire()!;
        Age(HeartbeatLease.StaleAfter + TimeSpan.FromSeconds(5));
        Assert.True(lease.TryBeat());
        Assert.Null(Acquire());
    }

    [Fact]
    public void A_holder_that_was_taken_over_knows_it_and_leaves_its_successor_alone()
    {
        using var stopped = Acquire()!;
        Age(HeartbeatLease.StaleAfter + TimeSpan.FromSeconds(5));
        using var successor = Acquire()!;
        Assert.True(successor.TookOver);
        Assert.False(stopped.TryBeat());
        Assert.False(stopped.IsHeld());
        stopped.Dispose();
        Assert.True(successor.IsHeld());
        Assert.Equal(["lease"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_lost_lease_abandons_the_run_that_it_covers()
    {
        using var lease = Acquire()!;
        using var keeper = new HeartbeatLease.Keeper(TimeProvider.System, TimeSpan.FromMilliseconds(10));
        var (all, one) = (new StopSignal(), default(StopSignal));
        keeper.Keep(lease, one = new StopSignal(all));
        File.Delete(_folder["lease"]);
        Assert.True(SpinWait.SpinUntil(() => one.IsAbandoned && one.IsSet, TimeSpan.FromSeconds(30)));
        Assert.False(all.IsSet);
    }

    [Fact]
    public void Of_many_that_find_a_dead_lease_at_once_one_gets_it_and_keeps_it()
    {
        for (var round = 0; round < 50; round++)
        {
            Write(HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch) with { System = "another machine", Nonce = $"dead-{round}" });
            Age(HeartbeatLease.StaleAfter + TimeSpan.FromSeconds(5));
            using var start = new Barrier(4);
            var leases = new HeartbeatLease?[4];
            var threads = Enumerable.Range(0, 4).Select(index => new Thread(() =>
            {
                start.SignalAndWait();
                leases[index] = Acquire();
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            var held = leases.Count(lease => lease != null && lease.IsHeld());
            Assert.True(held == 1, $"{held} hold it in round {round}.");
            foreach (var lease in leases) lease?.Dispose();
            File.Delete(_folder["lease"]);
        }
    }

    /// <summary>
    /// The lease is a pipe at each of the two times that it is read, so that the successor comes between the last look at the dead
    /// one and its burial.
    /// </summary>
    [SkippableFact]
    public async Task A_quicker_successor_that_was_buried_in_the_place_of_the_dead_is_put_back()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Pipes have names, and processes are looked up in /proc.");
        var mine = HeartbeatLease.Claim.Mine(DateTimeOffset.UnixEpoch);
        var (dead, successor) = (mine with { Started = mine.Started - 1 }, mine with { Nonce = "successor" });
        foreach (var pipe in new[] { "lease", "second" })
            using (var made = Process.Start("mkfifo", _folder[pipe])) await made.WaitForExitAsync();
        File.WriteAllBytes(_folder["successor"], successor.ToBytes());
        var slow = Task.Run(Acquire);
        foreach (var next in new[] { "second", "successor" })
        {
            await using var pipe = new FileStream(_folder["lease"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            pipe.Write(dead.ToBytes());
            File.Move(_folder[next], _folder["lease"], overwrite: true);
        }
        Assert.Null(await slow);
        Assert.Equal(successor.ToBytes(), File.ReadAllBytes(_folder["lease"]));
        Assert.Equal(["lease"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    private HeartbeatLease? Acquire() => HeartbeatLease.TryAcquire(_folder.Path, TimeProvider.System);

    private void Write(HeartbeatLease.Claim claim) => File.WriteAllBytes(_folder["lease"], claim.ToBytes());

    private void Age(TimeSpan age) => File.SetLastWriteTimeUtc(_folder["lease"], TimeProvider.System.GetUtcNow().UtcDateTime - age);

    private static long StartOf(int process) => long.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')[19]);
}
