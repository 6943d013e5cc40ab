namespace W2S.Training.Tests;

public class ProgressTextTests
{
    private readonly ManualTime _time = new();

    private ProgressState State(string name, long step, double seconds, double? loss)
    {
        var state = new ProgressState(name, "steps", 630_000, 0, _time);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        state.Report(step, loss);
        return state;
    }

    [Fact]
    public void At_80_columns_there_is_room_for_name_bar_share_rate_time_and_loss() => Assert.Equal(
        "strong representation (8 × 16) ━━━━━╌╌╌╌╌  50 %  315k/s    0:01 left loss 0.059 ",
        ProgressText.LiveLine(State("strong representation (8 × 16)", 315_000, 1, 0.0586), 80).PadRight(80));

    [Fact]
    public void No_line_is_ever_wider_than_asked()
    {
        var state = State("a representation with a very long name indeed, longer than any terminal is wide", 1, 1e6, 1e30);
        for (var width = 0; width < 200; width++) Assert.True(ProgressText.LiveLine(state, width).Length <= width, $"{width}");
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999.4, "999")]
    [InlineData(999.6, "1.0k")]
    [InlineData(9949, "9.9k")]
    [InlineData(9951, "10k")]
    [InlineData(285_000, "285k")]
    [InlineData(1_250_000, "1.3M")]
    [InlineData(12_500_000, "13M")]
    public void Rates_have_three_figures_at_most(double rate, string text) => Assert.Equal(text, ProgressText.Rate(rate));

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(0.005, "0.3/min")]
    [InlineData(0.7, "42/min")]
    [InlineData(0.999, "60/min")]
    [InlineData(1, "1/s")]
    [InlineData(315_000, "315k/s")]
    public void What_is_slower_than_one_a_second_is_counted_by_the_minute(double rate, string text) =>
        Assert.Equal(text, ProgressText.Speed(rate));

    [Theory]
    [InlineData("fig2b", 7, "fig2b  ")]
    [InlineData("representation 8-16-16-16-16 (seed 12)", 25, "representati…16 (seed 12)")]
    [InlineData("representation", 1, "")]
    public void A_long_name_keeps_its_beginning_and_its_seed(string name, int width, string text) =>
        Assert.Equal(text, ProgressText.Fit(name, width));

    [Theory]
    [InlineData(7, "0:07")]
    [InlineData(750, "12:30")]
    [InlineData(11_100, "3:05:00")]
    public void Times_read_like_clocks(double seconds, string text) =>
        Assert.Equal(text, ProgressText.Clock(TimeSpan.FromSeconds(seconds)));
}
