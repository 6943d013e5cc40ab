using System.Text.Json;
using W2S.Data;

namespace W2S.Training.Tests;

public sealed class RunLeaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_holder_is_told_who_holds_it_until_the_first_lets_go()
    {
        using (RunLease.Acquire(_folder["run"], new ManualTime()))
        {
            var error = Assert.Throws<UserErrorException>(() => RunLease.Acquire(_folder["run"], TimeProvider.System));
            Assert.Contains(_folder["run"], error.Message);
            Assert.Contains(
                $"process {Environment.ProcessId} on {Environment.MachineName} since 2026-01-02 03:04:05 UTC ({Environment.CommandLine})",
                error.Message);
        }
        RunLease.Acquire(_folder["run"], TimeProvider.System).Dispose();
    }

    [Fact]
    public void It_may_be_given_back_together_with_its_folder()
    {
        using (var lease = RunLease.Acquire(_folder["run"], TimeProvider.System))
        {
            File.WriteAllText(Path.Combine(_folder["run"], "features"), "");
            lease.DisposeWithFolder();
            Assert.False(Directory.Exists(_folder["run"]));
        }
        RunLease.Acquire(_folder["run"], TimeProvider.System).Dispose();
    }

    [Fact]
    public void Leases_of_other_folders_are_independent()
    {
        using var one = RunLease.Acquire(_folder["one"], TimeProvider.System);
        using var two = RunLease.Acquire(_folder["two"], TimeProvider.System);
    }

    [SkippableFact]
    public void A_second_process_is_told_who_holds_it_until_the_first_is_killed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Signals are POSIX.");
        using (var first = new TrainingProcess(_folder["run"], 1000, millisecondsPerStep: 50))
        {
            first.ReadLines(1);
            using var second = new TrainingProcess(_folder["run"], 1000);
            var (exitCode, errors) = second.Finish();
            Assert.Equal(2, exitCode);
            Assert.Contains($"in use by process {first.Id} on {Environment.MachineName}", errors);
            first.Send("KILL");
        }
        RunLease.Acquire(_folder["run"], TimeProvider.System).Dispose();
    }

    [Fact]
    public void The_lock_file_is_JSON_while_it_is_held_and_empty_afterwards()
    {
        using (RunLease.Acquire(_folder["run"], new ManualTime()))
        {
            using var handle = PosixFile.OpenForReading(_folder[$"run/{RunLease.LockFile}"]);
            using var holder = JsonDocument.Parse(new FileStream(handle!, FileAccess.Read));
            Assert.Equal(Environment.ProcessId, holder.RootElement.GetProperty("process").GetInt32());
        }
        Assert.Equal("", File.ReadAllText(_folder[$"run/{RunLease.LockFile}"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused_with_a_remedy()
    {
        File.WriteAllText(_folder["file"], "");
        var error = Assert.Throws<UserErrorException>(() => RunLease.Acquire(_folder["file/run"], TimeProvider.System));
        Assert.Contains("choose another folder", error.Message);
    }
}
