using W2S.Data;
using W2S.Runs;

namespace W2S.Experiments.Tests;

public class MeanIntervalsTests
{
    private static readonly string[] Overs = [MeanIntervals.Rows, MeanIntervals.Cells, MeanIntervals.Seeds];

    [Fact]
    public void Where_gain_is_misfit_everywhere_their_intervals_are_one_and_the_ratio_is_sure()
    {
        foreach (var over in Overs)
            for (var seed = 0; seed < 5; seed++)
            {
                double[] student = Draw(seed, "student"), misfit = Draw(seed, "misfit");
                double[] weak = [.. student.Zip(misfit, (one, other) => one + other)];
                var intervals = MeanIntervals.Of(over, new(weak, student, null, misfit), seed);
                Assert.Equal((intervals.Misfit!.Low, intervals.Misfit.High), (intervals.Gain!.Low, intervals.Gain.High), Near);
                Assert.Equal((1, 1), (intervals.GainOverMisfit!.Low, intervals.GainOverMisfit.High), Near);
                Assert.InRange(misfit.Average(), intervals.Misfit.Low, intervals.Misfit.High);
                Assert.Null(intervals.StrongError);
                Assert.Equal(over, intervals.Resampled);
            }
    }

    [Fact]
    public void An_intervals_ends_are_as_far_from_the_mean_as_its_standard_error_says()
    {
        double[] errors = Draw(3, "errors", 5000);
        var interval = MeanIntervals.Of(MeanIntervals.Rows, new(errors, null, null, null), 3).WeakError!;
        var mean = errors.Average();
        var halfWidth = 1.96 * Math.Sqrt(errors.Average(error => (error - mean) * (error - mean)) / errors.Length);
        // An end is a quantile of 2,000 resamples: some 5 % of the half-width off.
        Assert.Equal(mean - halfWidth, interval.Low, 0.15 * halfWidth);
        Assert.Equal(mean + halfWidth, interval.High, 0.15 * halfWidth);
    }

    [Fact]
    public void A_great_many_rows_are_drawn_in_groups_and_say_the_same()
    {
        double[] errors = Draw(4, "errors", 200_003);
        var interval = MeanIntervals.Of(MeanIntervals.Rows, new(errors, null, null, null), 4).WeakError!;
        // The variance of a squared normal number is 2.
        var halfWidth = 1.96 * Math.Sqrt(2.0 / errors.Length);
        Assert.Equal(2 * halfWidth, interval.High - interval.Low, 0.25 * halfWidth);
        Assert.InRange(errors.Average(), interval.Low, interval.High);
        // Groups of two, and a last one of one row: a mean of ones is 1, however often that is drawn.
        double[] ones = [.. Enumerable.Repeat(1.0, 20_001)];
        Assert.Equal(new Interval(1, 1), MeanIntervals.Of(MeanIntervals.Rows, new(ones, null, null, null), 4).WeakError);
    }

    [Fact]
    public void A_misfit_of_rows_of_its_own_is_drawn_apart_and_may_have_another_number_of_rows()
    {
        double[] weak = Draw(0, "weak"), student = Draw(0, "student"), misfit = Draw(0, "misfit", 100);
        var apart = MeanIntervals.Of(MeanIntervals.Rows, new(weak, student, null, misfit), 0, hasMisfitRows: true);
        var alone = MeanIntervals.Of(MeanIntervals.Rows, new(weak, student, null, null), 0);
        Assert.Equal(alone.Gain, apart.Gain);
        Assert.InRange(misfit.Average(), apart.Misfit!.Low, apart.Misfit.High);
        Assert.NotNull(apart.GainOverMisfit);
        // Other rows with the same numbers vary by themselves: drawn together the ratio would be 1 for sure.
        var alike = MeanIntervals.Of(MeanIntervals.Rows, new(weak, new double[weak.Length], null, weak), 0, hasMisfitRows: true);
        Assert.True(alike.GainOverMisfit is { Low: < 0.99, High: > 1.01 });
        Assert.Throws<ArgumentException>(() => MeanIntervals.Of(MeanIntervals.Rows, new(weak, student, null, misfit), 0));
    }

    [Fact]
    public void A_study_of_one_task_has_intervals_over_its_rows_of_six_over_them_and_of_fewer_none()
    {
        using var folder = new TemporaryFolder();
        var one = Run(1, "one");
        Assert.Equal(MeanIntervals.Rows, one.MeanIntervals!.Resampled);
        var means = one.MeanIntervals;
        foreach (var (mean, interval) in new[] { (one.WeakError, means.WeakError), (one.Misfit, means.Misfit), (one.Gain, means.Gain) })
            Assert.InRange(mean!.Value, interval!.Low, interval.High);
        Assert.Contains("gain_low,gain_high", File.ReadLines(folder["one/rows.csv"]).First());
        Assert.Equal(one.MeanIntervals, ResultFile.Read(folder["one"]).Panel.Statistics().MeanIntervals);

        Assert.Equal(MeanIntervals.Cells, Run(6, "six").MeanIntervals!.Resampled);
        Assert.DoesNotContain("_low", File.ReadLines(folder["six/rows.csv"]).First());
        Assert.Null(Run(3, "three").MeanIntervals);

        PanelStatistics Run(int tasks, string name) => SmallStudies
            .Of("fig2b", $"heads.tasks={tasks}", "heads.solver=exact", "evaluation.separate_misfit_sample=true")
            .Run(folder[name]).Single().Statistics();
    }

    private static bool Near((double Low, double High) one, (double Low, double High) other) =>
        Math.Abs(one.Low - other.Low) < 1e-12 && Math.Abs(one.High - other.High) < 1e-12;

    private static double[] Draw(long seed, string name, int count = 40)
    {
        var random = new RandomStream(seed, name);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Pow(random.NextNormal(), 2))];
    }
}
