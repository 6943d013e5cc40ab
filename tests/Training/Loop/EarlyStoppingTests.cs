using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

public sealed class EarlyStoppingTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { SaveEvery = Duration.Parse("3steps"), LogEvery = Duration.Parse("10steps") };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 20)]
    [InlineData(3, 13)]
    [InlineData(7, 5)]
    [InlineData(40, 1)]
    [InlineData(100, 1)]
    public void Evaluations_are_spread_evenly_and_the_last_one_is_at_the_end(int evaluations, int widest)
    {
        using var stopping = new EarlyStopping(new CountingJob(), () => 0, evaluations);
        var points = new List<long>();
        for (var step = 0L; step < 40; step++)
            if (stopping.NextEvaluation(step) is var next && !points.Contains(next)) points.Add(next);
        Assert.Equal(Math.Min(evaluations, 40), points.Count);
        Assert.Equal(40, points[^1]);
        Assert.All(points.Prepend(0).Zip(points), pair => Assert.InRange(pair.Second - pair.First, 1, widest + 1));
    }

    [Theory]
    [InlineData("1steps")]
    [InlineData("7steps")]
    [InlineData("40steps")]
    public void The_best_state_comes_back_with_a_stop_after_every_step_between_saves(string saveEvery)
    {
        var options = Options with { SaveEvery = Duration.Parse(saveEvery) };
        var job = new CountingJob();
        for (var done = false; !done;)
        {
            job = new CountingJob();
            using var stopping = new EarlyStopping(job, () => Math.Abs(job.Value - 22), evaluations: 10);
            done = Run(stopping, options, stopAfter: 9);
            if (done) stopping.RestoreBest();
        }
        // The evaluations at 20 and 24 are as near to 22; the first of equals stays.
        Assert.Equal(20, job.Value);
    }

    [Theory]
    [InlineData(1, 24)]
    [InlineData(3, 32)]
    [InlineData(5, 40)]
    [InlineData(0, 40)]
    public void Patience_ends_a_training_that_no_longer_gets_better_and_found_again_it_is_done(int patience, long end)
    {
        var job = new CountingJob();
        using (var stopping = new EarlyStopping(job, () => Math.Abs(job.Value - 20.5), evaluations: 10, patience))
        {
            var metrics = new List<Metric>();
            var outcome = TrainingLoop.Run(stopping, Options, Store(), RunServices.Silent with { Metrics = new Recording(metrics) });
            Assert.Equal(end, outcome.Steps);
            Assert.Equal(end, outcome.History[^1].Step);
            Assert.Equal(Enumerable.Range(1, (int)end / 4).Select(number => Math.Abs(4 * number - 20.5)), Evaluations(metrics));
        }
        using var again = new EarlyStopping(
            new CountingJob(), () => throw new InvalidOperationException("It is done."), evaluations: 10, patience);
        Assert.True(TrainingLoop.Run(again, Options, Store(), RunServices.Silent).WasFinished);
    }

    [Theory]
    [InlineData(1, 24)]
    [InlineData(3, 32)]
    public void Patience_is_counted_across_stops(int patience, double end)
    {
        var (job, starts) = (new CountingJob(), 0);
        for (var done = false; !done; starts++)
        {
            job = new CountingJob();
            using var stopping = new EarlyStopping(job, () => Math.Abs(job.Value - 20.5), evaluations: 10, patience);
            done = Run(stopping, Options, stopAfter: 5);
        }
        Assert.Equal(end, job.Value);
        Assert.InRange(starts, 3, 40);
    }

    [Fact]
    public void Only_a_gain_of_more_than_the_least_counts()
    {
        var job = new CountingJob();
        using var stopping = new EarlyStopping(job, () => -0.01 * job.Value, evaluations: 40, patience: 4, minDelta: 0.05);
        Assert.Equal(5, TrainingLoop.Run(stopping, Options, null, RunServices.Silent).Steps);
    }

    [Fact]
    public void A_criterion_that_is_never_a_number_leaves_the_first_state()
    {
        var job = new CountingJob();
        using var stopping = new EarlyStopping(job, () => double.NaN);
        TrainingLoop.Run(stopping, Options, null, RunServices.Silent);
        stopping.RestoreBest();
        Assert.Equal(0, job.Value);
    }

    private static IEnumerable<double> Evaluations(IEnumerable<Metric> metrics) =>
        metrics.Where(metric => metric.Values.ContainsKey("evaluation")).Select(metric => metric.Values["evaluation"]);

    /// <summary>Whether it came to its end.</summary>
    private bool Run(ITrainingJob job, TrainingOptions options, int stopAfter)
    {
        var services = RunServices.Silent;
        var steps = 0;
        try
        {
            TrainingLoop.Run(job, options, Store(), services with
            {
                Callbacks = new TrainingCallbacks { OnStep = _ => { if (++steps == stopAfter) services.Stop.Set("test"); } },
            });
            return true;
        }
        catch (StoppedException)
        {
            return false;
        }
    }

    private CheckpointStore Store() => new(_folder["run"], "settings", TimeProvider.System);

    private sealed class Recording(List<Metric> metrics) : IMetricSink
    {
        public void Write(Metric metric) => metrics.Add(metric);
    }

    /// <summary>Counts its 40 steps.</summary>
    private sealed class CountingJob : ITrainingJob
    {
        public double Value { get; private set; }
        public string Name => "counting";
        public string Engine => "none";
        public int StepsPerEpoch => 40;
        public long TotalSteps => 40;

        public void Advance(long step, int count)
        {
            Assert.Equal(step, (long)Value);
            Value += count;
        }

        public double TakeMeanLoss() => 0;
        public IReadOnlyList<NamedTensor> Save() => [NamedTensor.Of("value", [Value], 1)];
        public void Load(IReadOnlyDictionary<string, NamedTensor> state) => Value = state["value"].As<double>()[0];
        public void Dispose() { }
    }
}
