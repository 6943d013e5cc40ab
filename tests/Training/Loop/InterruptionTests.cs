using W2S.Data;

namespace W2S.Training.Tests;

public sealed class InterruptionTests : IDisposable
{
    private const long Steps = 120;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void A_process_killed_at_random_moments_and_started_again_ends_in_the_same_bits()
    {
        Skip.If(OperatingSystem.IsWindows(), "Signals are POSIX.");
        var whole = TrainingProgram.Train(_folder["whole"], new QuadraticJob(Steps), RunServices.Silent);
        var random = new RandomStream(17, "kills");
        var kills = 0;
        for (; kills < 8; kills++)
        {
            using var process = new TrainingProcess(_folder["killed"], Steps);
            if (!process.ReadLines(2 + random.NextInt(30))) break;
            process.Send("KILL");
        }
        Assert.InRange(kills, 4, 8);
        using (var last = new TrainingProcess(_folder["killed"], Steps, millisecondsPerStep: 0)) Assert.Equal((0, ""), last.Finish());

        Assert.Equal(FinalState("whole"), FinalState("killed"));
        Assert.Equal(whole.History, new CheckpointStore(_folder["killed"], "settings", TimeProvider.System).LoadNewest()!.Manifest.History);
        Assert.Empty(Directory.GetDirectories(_folder["killed"], "*.tmp"));
    }

    [SkippableTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public void A_signal_saves_and_exits_with_75_and_the_same_command_continues_to_the_same_bits(string signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "Signals are POSIX.");
        TrainingProgram.Train(_folder["whole"], new QuadraticJob(Steps), RunServices.Silent);
        using (var process = new TrainingProcess(_folder["stopped"], Steps, millisecondsPerStep: 10))
        {
            process.ReadLines(3);
            process.Send(signal);
            Assert.Equal((75, ""), process.Finish());
        }
        using (var again = new TrainingProcess(_folder["stopped"], Steps, millisecondsPerStep: 0)) Assert.Equal((0, ""), again.Finish());
        Assert.Equal(FinalState("whole"), FinalState("stopped"));
    }

    [SkippableFact]
    public void A_second_interrupt_ends_the_process_at_once_with_130()
    {
        Skip.If(OperatingSystem.IsWindows(), "Signals are POSIX.");
        using var process = new TrainingProcess(_folder["hanging"], Steps, millisecondsPerStep: 1_000_000);
        process.ReadLines(2); // "from 0" and "step 0": it hangs in that step.
        process.Send("INT");
        // Two signals of one kind sent together may arrive as one.
        for (var attempt = 0; attempt < 50 && !process.HasExited(100); attempt++) process.Send("INT");
        Assert.Equal(130, process.Finish().ExitCode);
    }

    private byte[] FinalState(string name) => File.ReadAllBytes(_folder[$"{name}/step-{Steps:D9}/{Checkpoint.StateFile}"]);
}
