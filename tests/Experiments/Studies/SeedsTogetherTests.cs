using W2S.Training;

namespace W2S.Experiments;

/// <summary>Studies whose seeds train in one program, as on a GPU; here on the CPU.</summary>
public class SeedsTogetherTests
{
    private static readonly long[] Seeds = [0, 1, 2, 3, 4];

    [Fact]
    public void Seeds_in_one_program_measure_what_each_measures_alone()
    {
        using var folder = new TemporaryFolder();
        var alone = Study(1).Run(folder["alone"]);
        var together = Study(3).Run(folder["together"]);
        Assert.Equal(10, together.Count);
        foreach (var (one, other) in alone.Zip(together))
        {
            Assert.Equal((one.Options.Name, one.Options.Seed), (other.Options.Name, other.Options.Seed));
            foreach (var (expected, actual) in one.Tasks.Zip(other.Tasks))
            {
                Assert.Equal(expected.WeakError, actual.WeakError, expected.WeakError * 0.02);
                Assert.Equal(expected.StudentError, actual.StudentError, expected.StudentError * 0.02);
                Assert.Equal(expected.StrongError, actual.StrongError, expected.StrongError * 0.02);
            }
        }
    }

    [Fact]
    public void Every_seed_has_its_own_representation_with_its_own_losses_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        var alone = Study(1).Run(folder["alone"]);
        var together = Study(5).Run(folder["together"]);
        foreach (var (one, other) in alone.Zip(together).Where(pair => pair.First.Name == "fig2b"))
            foreach (var (expected, actual) in one.Representations.Zip(other.Representations))
                Assert.Equal(expected.Loss!.Value, actual.Loss!.Value, expected.Loss.Value * 0.02);
        Assert.Equal(10, Directory.GetDirectories(folder["together/representations"]).Length);
        Assert.DoesNotContain(Directory.GetDirectories(folder["together"], "*", SearchOption.AllDirectories), path => Path.GetFileName(path).StartsWith("together-", StringComparison.Ordinal));
        Assert.All(Directory.GetDirectories(folder["together/representations"]), path => Assert.True(File.Exists(Path.Combine(path, "metrics.jsonl"))));
    }

    [Fact]
    public void A_study_stopped_anywhere_and_run_again_ends_as_if_undisturbed()
    {
        using var folder = new TemporaryFolder();
        var panels = Study(3);
        var undisturbed = panels.Run(folder["undisturbed"]);
        var stops = 0;
        for (var metrics = 40; ; metrics += 90)
        {
            var stop = new StopSignal();
            try
            {
                var disturbed = panels.Run(folder["disturbed"], run: RunServices.Silent with { Stop = stop, Metrics = new StopAfter(metrics, stop) });
                Assert.Equal(undisturbed.Text(), disturbed.Text());
                break;
            }
            catch (StoppedException)
            {
                stops++;
            }
        }
        Assert.True(stops >= 3, $"The study was stopped {stops} times.");
    }

    [Fact]
    public void A_failure_of_one_seed_stops_its_company_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var panels = SmallStudies.Of("2c", Seeds, "engine=torch", "seeds_together=5", "heads.optimiser.learning_rate=1e6", "heads.optimiser.weight_decay=1e6");
        Assert.Contains("NaN or infinite", Assert.Throws<TrainingFailedException>(() => panels.Run(folder["run"])).Message);
    }

    private static IReadOnlyList<StudyOptions> Study(int seedsTogether) =>
        SmallStudies.Of("2b 2c", Seeds, "engine=torch", $"seeds_together={seedsTogether}", "pretraining.optimiser.epochs=5");

    private sealed class StopAfter(int metrics, StopSignal stop) : IMetricSink
    {
        private int _written;

        public void Write(Metric metric)
        {
            if (Interlocked.Increment(ref _written) >= metrics) stop.Set("the test");
        }
    }
}
