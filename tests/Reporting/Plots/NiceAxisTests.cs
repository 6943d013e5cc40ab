using W2S.Data;

namespace W2S.Reporting.Plots;

public sealed class NiceAxisTests
{
    [Fact]
    public void Any_range_is_covered_in_a_few_round_steps()
    {
        var random = new RandomStream(0, "ranges");
        for (var trial = 0; trial < 5000; trial++)
        {
            var scale = Math.Pow(10, random.NextUniform(-200, 200));
            var low = scale * random.NextNormal();
            var high = low + scale * Math.Pow(10, random.NextUniform(-6, 3));
            var axis = NiceAxis.Covering(low, high);

            var step = axis.Value(axis.First + 1) - axis.Low;
            var slack = 1e-8 * Math.Max(step, Math.Max(Math.Abs(low), Math.Abs(high)));
            Assert.True(axis.Low <= low + slack && axis.High >= high - slack, $"{low} .. {high} is not in {axis.Low} .. {axis.High}");
            Assert.InRange(axis.Ticks.Count(), 2, 8);
            Assert.Equal(axis.Ticks.Count(), axis.Ticks.Select(axis.Label).Distinct().Count());
        }
    }

    [Fact]
    public void Labels_times_the_multiplier_are_the_values()
    {
        var random = new RandomStream(1, "labels");
        for (var trial = 0; trial < 2000; trial++)
        {
            var axis = NiceAxis.Covering(0, Math.Pow(10, random.NextUniform(-12, 12)));
            var factor = axis.Note.Length == 0 ? 1 : Math.Pow(10, ReadSuperscript(axis.Note[3..]));
            foreach (var tick in axis.Ticks) Assert.Equal(axis.Value(tick), factor * double.Parse(axis.Label(tick)), 1e-9 * axis.High);
        }
    }

    [Theory]
    [InlineData(0, 0.5, "0 0.1 0.2 0.3 0.4 0.5", "")]
    [InlineData(-0.3, 0, "−0.3 −0.2 −0.1 0", "")]
    [InlineData(0, 3e-9, "0 1 2 3", "×10⁻⁹")]
    [InlineData(0, 1e6, "0 0.2 0.4 0.6 0.8 1", "×10⁶")]
    [InlineData(0, 0, "0 0.2 0.4 0.6 0.8 1", "")]
    public void Ticks_stand_on_round_numbers(double low, double high, string labels, string multiplier)
    {
        var axis = NiceAxis.Covering(low, high);
        Assert.Equal(labels, string.Join(' ', axis.Ticks.Select(axis.Label)));
        Assert.Equal(multiplier, axis.Note);
    }

    [Fact]
    public void Values_that_are_all_equal_still_have_an_axis() =>
        Assert.All([1.0, -7e-5, 1e12, 0.1], value => Assert.InRange(value, NiceAxis.Covering(value, value).Low, NiceAxis.Covering(value, value).High));

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(1.25)]
    public void Equal_axes_have_one_step_and_lengths_of_the_aspect(double aspect)
    {
        var random = new RandomStream(2, "equal");
        for (var trial = 0; trial < 2000; trial++)
        {
            double right = Math.Abs(random.NextNormal()), low = -Math.Abs(random.NextNormal()), high = random.NextDouble();
            var (x, y) = NiceAxis.Equal(0, right, low, high, aspect);
            Assert.Equal(x.Value(1), y.Value(1));
            Assert.Equal(aspect * (x.High - x.Low), y.High - y.Low, 1e-9);
            Assert.True(x.Low <= 1e-9 && x.High >= right - 1e-9 && y.Low <= low + 1e-9 && y.High >= high - 1e-9);
            Assert.All(y.Ticks, tick => Assert.InRange(y.Value(tick), y.Low - 1e-9, y.High + 1e-9));
        }
    }

    private static int ReadSuperscript(string digits) => int.Parse(string.Concat(digits.Select(digit => digit == '⁻' ? '-' : (char)('0' + "⁰¹²³⁴⁵⁶⁷⁸⁹".IndexOf(digit)))));
}
