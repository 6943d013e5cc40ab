namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class GarbageCollectionTests
{
    private const int Seconds = 20;

    [Fact]
    public void A_users_plain_arithmetic_trains_on_two_threads_while_garbage_is_collected()
    {
        using var process = new TrainingProcess(GarbageCollectionStress.Name, Seconds, "job");
        var (exitCode, errors) = process.Finish();
        Assert.True(exitCode == 0, errors);
    }

    /// <remarks>
    /// If this fails, TorchSharp has learnt to keep its scalars alive, and FinaliserPause, Held and the banned symbols may go.
    /// </remarks>
    [Fact]
    public void The_same_in_a_loop_by_hand_fails()
    {
        using var process = new TrainingProcess(GarbageCollectionStress.Name, 5 * Seconds, "loop");
        Assert.NotEqual(0, process.Finish().ExitCode);
    }
}
