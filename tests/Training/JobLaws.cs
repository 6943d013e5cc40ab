using W2S.Data;
using W2S.Training.Tests.Fused;

namespace W2S.Training.Tests;

/// <summary>What holds for every training job, of whichever engine (see <see cref="ITrainingJob"/>).</summary>
internal static class JobLaws
{
    /// <summary>Cutting a run into other chunks does not change a bit.</summary>
    public static void ChunksDoNotMatter(Func<ITrainingJob> start, int steps)
    {
        using var whole = start();
        using var cut = start();
        whole.Advance(0, steps);
        var random = new RandomStream(1, "cuts");
        for (var step = 0; step < steps;)
        {
            var count = Math.Min(1 + random.NextInt(steps / 8), steps - step);
            cut.Advance(step, count);
            step += count;
        }
        Assert.Equal(FusedCases.Bytes(whole), FusedCases.Bytes(cut));
        Assert.Equal(whole.TakeMeanLoss(), cut.TakeMeanLoss());
    }

    /// <summary>A saved state continues in a new job with the same bits.</summary>
    public static void ASavedStateContinues(Func<ITrainingJob> start)
    {
        using var whole = start();
        whole.Advance(0, 37);
        using var resumed = start();
        resumed.Load(FusedCases.State(whole));
        whole.Advance(37, 30);
        resumed.Advance(37, 30);
        Assert.Equal(FusedCases.Bytes(whole), FusedCases.Bytes(resumed));
        Assert.Equal(whole.TakeMeanLoss(), resumed.TakeMeanLoss());
    }

    /// <summary>A state of another shape, or with something missing, is refused and changes nothing.</summary>
    public static void AnotherShapeIsRefused(ITrainingJob job, ITrainingJob other)
    {
        job.Advance(0, 3);
        var before = FusedCases.Bytes(job);
        var incomplete = FusedCases.State(job);
        incomplete.Remove("loss.sum");
        Assert.Throws<InvalidDataException>(() => other.Load(FusedCases.State(job)));
        Assert.Throws<InvalidDataException>(() => job.Load(incomplete));
        Assert.Equal(before, FusedCases.Bytes(job));
    }
}
