using System.Text.Json;
using W2S.Data;

namespace W2S.Experiments.Tests;

public class PanelStatisticsTests
{
    [Fact]
    public void Means_and_lines_are_those_of_the_tasks()
    {
        // gains 1, 2, 3 and misfits 1, 2, 4: slope through the origin 17/21, least squares 0.5 + 9/14 (misfit − …).
        var statistics = PanelStatistics.Of([Task(0, 1, 1), Task(1, 2, 2), Task(2, 3, 4)], seed: 0);
        Assert.Equal(3, statistics.Tasks);
        Assert.Equal(2, statistics.Gain!.Value, 12);
        Assert.Equal(7.0 / 3, statistics.Misfit!.Value, 12);
        Assert.Equal(6.0 / 7, statistics.GainOverMisfit!.Value, 12);
        Assert.Equal(17.0 / 21, statistics.SlopeThroughOrigin!.Value, 12);
        Assert.Equal(9.0 / 14, statistics.Slope!.Value, 12);
        Assert.Equal(0.5, statistics.Intercept!.Value, 12);
        Assert.Equal(3 / Math.Sqrt(2 * 14.0 / 3), statistics.Correlation!.Value, 12);
        Assert.Equal(0, statistics.ShareAboveLine);
    }

    [Fact]
    public void Tasks_on_the_line_have_slope_and_correlation_one()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new RandomStream(seed, "tasks");
            var statistics = PanelStatistics.Of([.. Enumerable.Range(0, 50).Select(task => { var misfit = random.NextDouble(); return Task(task, misfit, misfit); })], seed);
            Assert.Equal(1, statistics.SlopeThroughOrigin!.Value, 9);
            Assert.Equal(1, statistics.Correlation!.Value, 9);
            Assert.Equal(1, statistics.GainOverMisfitInterval!.Low, 9);
            Assert.Equal(1, statistics.SlopeThroughOriginInterval!.High, 9);
        }
    }

    [Fact]
    public void Intervals_are_the_same_each_time_and_another_seed_gives_others()
    {
        var tasks = Noisy(100, seed: 5, slope: 0.9);
        Assert.Equal(PanelStatistics.Of(tasks, 1), PanelStatistics.Of(tasks, 1));
        Assert.NotEqual(PanelStatistics.Of(tasks, 1).CorrelationInterval, PanelStatistics.Of(tasks, 2).CorrelationInterval);
    }

    [Fact]
    public void Ninety_five_of_a_hundred_intervals_hold_the_true_slope()
    {
        var holding = Enumerable.Range(0, 100).Count(seed =>
        {
            var interval = PanelStatistics.Of(Noisy(60, seed, slope: 0.9), seed).SlopeThroughOriginInterval!;
            return interval.Low <= 0.9 && 0.9 <= interval.High;
        });
        Assert.InRange(holding, 86, 99); // 95 expected; a percentile interval is a little short
    }

    [Fact]
    public void The_gap_recovered_leaves_out_and_counts_tasks_without_a_gap()
    {
        CellResult[] tasks =
        [
            new(0, WeakError: 1, StudentError: 0.5, StrongError: 0, Misfit: 0.5), // 0.5
            new(1, WeakError: 1, StudentError: 0.9, StrongError: 0, Misfit: 0.1), // 0.1
            new(2, WeakError: 1, StudentError: 0.7, StrongError: 0, Misfit: 0.3), // 0.3
            new(3, WeakError: 1, StudentError: 0.7, StrongError: 1.5, Misfit: 0.3),
        ];
        var statistics = PanelStatistics.Of(tasks, 0);
        Assert.Equal(0.3, statistics.MedianGapRecovered!.Value, 12);
        Assert.Equal(0.3, statistics.MeanGapRecovered!.Value, 12);
        Assert.Equal(1, statistics.TasksWithoutGap);
    }

    [Fact]
    public void What_the_tasks_do_not_define_is_null_and_never_NaN()
    {
        CellResult[][] degenerate =
        [
            [],
            [Task(0, 1, 1)],
            [Task(0, 0, 0), Task(1, 0, 0)],
            [Task(0, 1, 1), Task(1, 1, 1), Task(2, 1, 1)],
            [Task(0, 0.1, 0.3), Task(1, 0.1, 0.3), Task(2, 0.1, 0.3)],
            [Task(0, double.NaN, 1), Task(1, 1, 1)],
            [Task(0, double.PositiveInfinity, double.PositiveInfinity), Task(1, 1, 2)],
        ];
        foreach (var tasks in degenerate) JsonSerializer.Serialize(PanelStatistics.Of(tasks, 0)); // throws on NaN

        Assert.Null(PanelStatistics.Of(degenerate[1], 0).Correlation);
        Assert.Null(PanelStatistics.Of(degenerate[1], 0).SlopeThroughOriginInterval);
        Assert.Equal(1, PanelStatistics.Of(degenerate[1], 0).SlopeThroughOrigin);
        Assert.Null(PanelStatistics.Of(degenerate[2], 0).GainOverMisfit);
        Assert.Null(PanelStatistics.Of(degenerate[4], 0).Correlation);
        Assert.Null(PanelStatistics.Of(degenerate[5], 0).Gain);
    }

    [Fact]
    public void Quantiles_interpolate_between_values()
    {
        double[] values = [1, 2, 4, 8];
        Assert.Equal([1, 1.75, 3, 5, 8], new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(share => Spread.Quantile(values, share)));
        Assert.Throws<ArgumentException>(() => Spread.Quantile([], 0.5));
    }

    [Fact]
    public void Over_seeds_each_quantity_spreads_where_it_is_defined()
    {
        PanelStatistics[] seeds =
        [
            PanelStatistics.Of([Task(0, 1, 1), Task(1, 2, 2)], 0),
            PanelStatistics.Of([Task(0, 1, 2), Task(1, 2, 4)], 1),
            PanelStatistics.Of([Task(0, 0, 0), Task(1, 0, 0)], 2),
        ];
        var statistics = PanelStatistics.OverSeeds.Of(seeds);
        Assert.Equal(3, statistics.Seeds);
        Assert.Equal(new Spread(2, 0.75, Math.Sqrt(0.125), 0.5, 0.625, 0.75, 0.875, 1), statistics.GainOverMisfit);
        Assert.Equal(1, statistics.Gain!.Mean, 12);
        Assert.Null(PanelStatistics.OverSeeds.Of([seeds[2]]).GainOverMisfit);
        Assert.Null(PanelStatistics.OverSeeds.Of([seeds[0]]).Gain!.StandardDeviation);
    }

    private static CellResult Task(int task, double gain, double misfit) => new(task, WeakError: gain, StudentError: 0, StrongError: 0, misfit);

    private static CellResult[] Noisy(int tasks, long seed, double slope)
    {
        var random = new RandomStream(seed, "noisy");
        return [.. Enumerable.Range(0, tasks).Select(task =>
        {
            var misfit = 0.05 + random.NextDouble();
            return Task(task, slope * misfit + 0.1 * random.NextNormal(), misfit);
        })];
    }
}
