using W2S.Data;

namespace W2S.Reporting.Plots;

public sealed class LossPlotTests
{
    [Fact]
    public void A_line_for_each_job_ends_in_a_mark_of_its_own_and_is_named()
    {
        var curves = Enumerable.Range(0, 3).Select(job => Curve($"job {job}", (1, 10), (2, 1 + job), (3, 0.1 * (job + 1)))).ToArray();
        var drawn = new DrawnSvg(LossPlot.Draw("Loss", curves));
        var lines = drawn.All("polyline");
        Assert.Equal(3, lines.Count);
        Assert.Equal(3, lines.Select(line => (line.Attribute("stroke")!.Value, line.Attribute("stroke-dasharray")!.Value)).Distinct().Count());
        Assert.Contains("job 1: 0.2000 after 3 epochs", drawn.Texts);
    }

    [Fact]
    public void Equal_ratios_of_the_loss_are_equal_distances()
    {
        var drawn = new DrawnSvg(LossPlot.Draw("Loss", [Curve("job", (1, 100), (2, 10), (3, 1))]));
        var heights = drawn.All("polyline")[0].Attribute("points")!.Value.Split(' ').Select(point => double.Parse(point.Split(',')[1])).ToArray();
        Assert.Equal(heights[1] - heights[0], heights[2] - heights[1], 0.03);
    }

    [Fact]
    public void Losses_without_a_logarithm_leave_every_coordinate_ordinary()
    {
        foreach (var loss in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e-290, 1e290 })
        {
            var text = LossPlot.Draw("Loss", [Curve("job", (0, loss), (1, 1), (2, 2))]);
            Assert.DoesNotContain("NaN,", text);
            Assert.DoesNotContain("∞", text);
            _ = new DrawnSvg(text);
        }
    }

    [Fact]
    public void Without_losses_there_is_a_plot_that_says_so() => Assert.Contains("no losses were logged", new DrawnSvg(LossPlot.Draw("Loss", [Curve("job")])).Texts);

    [Fact]
    public void A_logarithmic_axis_holds_its_range_in_a_few_ticks()
    {
        var random = new RandomStream(0, "losses");
        for (var trial = 0; trial < 2000; trial++)
        {
            var low = Math.Pow(10, random.NextUniform(-30, 30));
            var high = low * Math.Pow(10, random.NextUniform(0, 12));
            var axis = new Axis.Log(low, high);
            Assert.True(axis.Low <= low * 1.000001 && axis.High >= high * 0.999999, $"{low} .. {high} is not in {axis.Low} .. {axis.High}");
            Assert.InRange(axis.Marks.Count(), 2, 13);
            Assert.Equal(axis.Marks.Count(), axis.Marks.Select(mark => mark.Label).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(0.25, 15, "0.2 0.5 1 2 5 10 20")]
    [InlineData(1e-9, 1, "10⁻⁹ 10⁻⁷ 10⁻⁵ 0.001 0.1 10")]
    [InlineData(1, 1, "1 2")]
    public void Its_ticks_are_one_two_and_five_times_powers_of_ten(double low, double high, string labels) =>
        Assert.Equal(labels, string.Join(' ', new Axis.Log(low, high).Marks.Select(mark => mark.Label)));

    private static LossPlot.Curve Curve(string job, params (double Epoch, double Loss)[] points) => new(job, points);
}
