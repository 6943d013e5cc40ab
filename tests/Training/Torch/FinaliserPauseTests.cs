using System.Runtime.CompilerServices;

namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class FinaliserPauseTests
{
    private sealed class Finalised(StrongBox<int> count)
    {
        ~Finalised() => Interlocked.Increment(ref count.Value);
    }

    [Fact]
    public void No_finaliser_runs_in_a_pause_whatever_is_collected_and_all_run_after_it()
    {
        var finalised = new StrongBox<int>();
        using (FinaliserPause.Begin())
        {
            Drop(100, finalised);
            for (var collection = 0; collection < 5; collection++) GC.Collect();
            Thread.Sleep(50);
            Assert.Equal(0, finalised.Value);
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(100, finalised.Value);
    }

    [Fact]
    public void Trainings_on_several_threads_share_a_pause_and_none_waits_for_ever()
    {
        var finalised = new StrongBox<int>();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var chunk = 0; chunk < 30; chunk++)
            {
                using var pause = FinaliserPause.Begin();
                Drop(10, finalised);
                var before = finalised.Value;
                GC.Collect(0);
                Thread.Sleep(20);
                Assert.Equal(before, finalised.Value);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(4 * 30 * 10, finalised.Value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(int count, StrongBox<int> finalised)
    {
        for (var number = 0; number < count; number++) _ = new Finalised(finalised);
    }
}
