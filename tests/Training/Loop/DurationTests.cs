namespace W2S.Training.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("2min", 120)]
    [InlineData("90s", 90)]
    [InlineData("1h", 3600)]
    [InlineData(" 1.5 Hours ", 5400)]
    [InlineData("0.25 seconds", 0.25)]
    public void A_time_is_read_in_seconds_minutes_and_hours(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text).Time);

    [Theory]
    [InlineData("500steps", 500)]
    [InlineData("1 step", 1)]
    [InlineData("3epochs", 189)]
    [InlineData("0.5 epoch", 32)]
    [InlineData("10%", 6300)]
    [InlineData("0.0001%", 1)]
    [InlineData("100 percent", 63000)]
    public void Steps_epochs_and_shares_become_at_least_one_step(string text, long steps) =>
        Assert.Equal(steps, Duration.Parse(text).ToSteps(totalSteps: 63_000, stepsPerEpoch: 63));

    [Theory]
    [InlineData("", "lacks a unit")]
    [InlineData("10", "lacks a unit")]
    [InlineData("min", "does not start with a number")]
    [InlineData("10 weeks", "unknown unit \"weeks\"")]
    [InlineData("0s", "not positive")]
    [InlineData("-5min", "not positive")]
    [InlineData("1e400s", "does not start with a number")]
    [InlineData("NaNs", "unknown unit")]
    [InlineData("101%", "more than the whole")]
    [InlineData("1.5steps", "no whole number of steps")]
    [InlineData("1e9h", "longer than thirty years")]
    public void What_is_no_duration_is_refused_with_the_reason_and_an_example(string text, string reason)
    {
        var error = Assert.Throws<FormatException>(() => Duration.Parse(text));
        Assert.Contains($"\"{text}\"", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.False(Duration.TryParse(text, null, out _));
    }

    [Theory]
    [InlineData("2min")]
    [InlineData("90s")]
    [InlineData("1h")]
    [InlineData("0.5s")]
    [InlineData("500steps")]
    [InlineData("3epochs")]
    [InlineData("12.5%")]
    public void Its_text_can_be_read_again(string text) => Assert.Equal(text, Duration.Parse(text).ToString());

    [Fact]
    public void Time_is_no_number_of_steps_and_steps_are_no_time()
    {
        Assert.Throws<InvalidOperationException>(() => Duration.Parse("1s").ToSteps(10, 1));
        Assert.Throws<InvalidOperationException>(() => Duration.Parse("1step").Time);
    }
}
