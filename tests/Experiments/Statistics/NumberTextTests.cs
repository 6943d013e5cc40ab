using W2S.Data;

namespace W2S.Experiments.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.13321, "0.1332")]
    [InlineData(-0.13321, "-0.1332")]
    [InlineData(12.3456, "12.35")]
    [InlineData(0.99996, "1.000")]
    [InlineData(123456, "123456")]
    [InlineData(0.0012345678, "0.001235")]
    [InlineData(0.000123456, "1.235e-4")]
    [InlineData(1.5e9, "1.500e9")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.NegativeInfinity, "–")]
    public void Measures_have_four_significant_digits(double value, string text) => Assert.Equal(text, NumberText.Measure(value));

    [Fact]
    public void A_measure_is_never_off_by_more_than_its_last_digit()
    {
        var random = new RandomStream(0, "measures");
        for (var trial = 0; trial < 2000; trial++)
        {
            var value = random.NextNormal() * Math.Pow(10, random.NextUniform(-12, 12));
            Assert.Equal(value, double.Parse(NumberText.Measure(value)), 0.00051 * Math.Abs(value));
        }
    }

    [Theory]
    [InlineData(0.98149, "0.981")]
    [InlineData(-0.00001, "0.000")]
    [InlineData(12345.0, "12345")]
    [InlineData(double.NaN, "–")]
    public void Ratios_have_three_decimals(double value, string text) => Assert.Equal(text, NumberText.Ratio(value));

    [Theory]
    [InlineData(0.873, "87%")]
    [InlineData(-0.001, "0%")]
    [InlineData(12345.0, "1.23e6%")]
    public void Shares_are_percents(double value, string text) => Assert.Equal(text, NumberText.Percent(value));

    [Fact]
    public void Missing_values_are_a_dash() =>
        Assert.Equal(("–", "–", "–", ""), (NumberText.Measure(null), NumberText.Ratio(null), NumberText.Percent(null), NumberText.Exact(null)));

    [Theory]
    [InlineData("-0.5 to -1.25e-5 (-3), ±2e-3", "−0.5 to −1.25e−5 (−3), ±2e−3")]
    [InlineData("weak-8, 8-16-16, 2026-01-02, --seed 0", "weak-8, 8-16-16, 2026-01-02, --seed 0")]
    public void Pages_and_figures_have_a_minus_before_numbers_and_nowhere_else(string text, string typeset) =>
        Assert.Equal(typeset, NumberText.Typeset(text));

    [Theory]
    [InlineData(0.214, "0.21 s")]
    [InlineData(6.44, "6.4 s")]
    [InlineData(75.2, "75 s")]
    [InlineData(720, "12 min")]
    [InlineData(11160, "3.1 h")]
    public void Durations_read_at_a_glance(double seconds, string text) => Assert.Equal(text, NumberText.Duration(seconds));
}
