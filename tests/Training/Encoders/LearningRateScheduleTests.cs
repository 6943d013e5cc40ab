namespace W2S.Training.Tests;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0.5)]
    [InlineData(10, 1)]
    [InlineData(55, 0.5)]
    [InlineData(99, 1.0 / 90)]
    [InlineData(100, 0)]
    [InlineData(1000, 0)]
    public void It_rises_to_the_peak_and_falls_to_nothing_on_straight_lines(long step, double share) =>
        Assert.Equal(3e-5 * share, new LearningRateSchedule(3e-5, 10, 100).At(step), 1e-12);

    [Fact]
    public void Without_warm_up_it_starts_at_the_peak() => Assert.Equal(1, new LearningRateSchedule(1, 0, 7).At(0));

    [Fact]
    public void A_training_may_be_all_warm_up() => Assert.Equal([0, 0.5, 0], new long[] { 0, 1, 2 }.Select(new LearningRateSchedule(1, 2, 2).At));

    [Fact]
    public void A_share_of_the_steps_is_rounded_down()
    {
        var schedule = LearningRateSchedule.WithWarmUpShare(1, 0.1, 59);
        Assert.Equal(0.8, schedule.At(4), 1e-12);
        Assert.Equal(1, schedule.At(5));
    }

    [Fact]
    public void It_never_leaves_the_range_from_0_to_the_peak_and_has_one_top()
    {
        foreach (var (warmUp, total) in new[] { (0, 1), (1, 1), (3, 17), (100, 1000), (999, 1000) })
        {
            var schedule = new LearningRateSchedule(2, warmUp, total);
            for (var step = 0; step <= total; step++)
            {
                Assert.InRange(schedule.At(step), 0, 2);
                if (step > 0) Assert.Equal(step <= warmUp && step < total, schedule.At(step) > schedule.At(step - 1));
            }
        }
    }

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 2, 1)]
    public void Impossible_schedules_are_refused(double peak, long warmUp, long total) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(peak, warmUp, total));
}
