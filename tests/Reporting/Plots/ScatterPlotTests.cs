using W2S.Data;

namespace W2S.Reporting.Plots;

public sealed class ScatterPlotTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, -1)]
    [InlineData(1e-9, 1)]
    [InlineData(1e6, -0.3)]
    public void Every_dot_stands_where_its_values_say(double scale, double slope)
    {
        var random = new RandomStream(0, "dots");
        var dots = Enumerable.Range(0, 100).Select(_ => random.NextDouble()).Select(x => (X: x * scale, Y: x * scale * slope * (1 + 0.1 * random.NextNormal()))).ToArray();
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure(dots) with { Slope = slope, SlopeInterval = (slope - 0.1, slope + 0.1), Mirror = slope < 0 }));

        Assert.Equal(100, drawn.Circles.Count);
        // Labels of very small and large values are multiples of a power of ten, which the axis names.
        var unit = scale switch { 1e-9 => 1e-9, 1e6 => LabelUnit(drawn), _ => 1 };
        foreach (var (dot, circle) in dots.Zip(drawn.Circles))
        {
            var (x, y) = drawn.Value(circle);
            Assert.Equal(dot.X, x * unit, 1e-3 * scale);
            Assert.Equal(dot.Y, y * unit, 1e-3 * scale);
        }
    }

    [Fact]
    public void Equal_data_give_equal_bytes()
    {
        var figure = Figure((0.1, 0.1), (0.2, 0.3));
        Assert.Equal(ScatterPlot.Draw(figure), ScatterPlot.Draw(figure with { }));
    }

    [Fact]
    public void Titles_with_special_characters_come_out_as_they_are()
    {
        const string title = "a < b & \"c\" > 'd'";
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure((0.1, 0.1)) with { Title = title + "\u0001", Subtitle = title }));
        Assert.Equal(title, drawn.Title);
        Assert.Equal(2, drawn.Texts.Count(text => text == title));
    }

    [Fact]
    public void Without_tasks_there_is_a_plot_that_says_so() => Assert.Contains("no tasks", new DrawnSvg(ScatterPlot.Draw(Figure())).Texts);

    [Fact]
    public void Values_that_are_not_finite_are_counted_and_not_drawn()
    {
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure((0.1, 0.1), (double.NaN, 0), (1, double.NegativeInfinity))));
        Assert.Single(drawn.Circles);
        Assert.Contains("(2 not finite, not shown)", drawn.Texts);
    }

    [Fact]
    public void Extreme_values_leave_every_coordinate_ordinary()
    {
        foreach (var value in new[] { 0, 5e-324, 1e-300, 1e-12, 1, 1e12, 9e299 })
        {
            foreach (var sign in new[] { -1, 1 })
            {
                var text = ScatterPlot.Draw(Figure((value, sign * value), (value / 2, value / 3)) with { Slope = sign * 1e300, SlopeInterval = (-1e300, 1e300) });
                Assert.DoesNotContain("NaN", text);
                Assert.DoesNotContain("∞", text);
                Assert.All(new DrawnSvg(text).Circles, circle => Assert.True(circle is { X: > 0 and < 400, Y: > 0 and < 500 }, $"{value}: {circle}"));
            }
        }
    }

    [Fact]
    public void The_mirror_line_is_named_only_where_it_is_wanted()
    {
        Assert.DoesNotContain("y = −x", new DrawnSvg(ScatterPlot.Draw(Figure((0.1, -0.1)))).Texts);
        Assert.Contains("y = −x", new DrawnSvg(ScatterPlot.Draw(Figure((0.1, -0.1)) with { Mirror = true })).Texts);
    }

    [Fact]
    public void Several_series_differ_in_colour_and_marker_and_are_named()
    {
        var series = Enumerable.Range(0, 8).Select(index => new ScatterFigure.DotSeries($"hidden {index}", [new ScatterFigure.Dot(0.1 * index, 0.1, "split 0")]));
        var drawn = new DrawnSvg(ScatterPlot.Draw(new ScatterFigure { Title = "Lipop", Series = [.. series] }));
        Assert.All(Enumerable.Range(0, 8), index => Assert.Contains($"hidden {index}", drawn.Texts));
        Assert.Equal(8, drawn.All("g").Where(group => group.Attribute("fill-opacity") != null).Select(group => group.Attribute("fill")!.Value).Distinct().Count());
    }

    [Fact]
    public void A_dot_names_its_task_when_pointed_at() =>
        Assert.Contains("task 0: misfit 0.1000, gain 0.2000", ScatterPlot.Draw(Figure((0.1, 0.2))));

    [Fact]
    public void A_minus_is_a_minus_and_a_hyphen_a_hyphen()
    {
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure((0.1, -0.1)) with
        {
            Title = "weak-8 on 8-16-16, x-3", Subtitle = "slope -0.978 [-0.998, -.957] at 1.5e-5", Slope = -1, Mirror = true,
        }));
        Assert.Contains("weak-8 on 8-16-16, x-3", drawn.Texts);
        Assert.Contains("slope −0.978 [−0.998, −.957] at 1.5e−5", drawn.Texts);
    }

    [Fact]
    public void Axes_say_by_what_they_are_counted()
    {
        var texts = new DrawnSvg(ScatterPlot.Draw(Figure((1e-9, 1e-9)) with { Measure = "KL, nats" })).Texts;
        Assert.Contains("misfit (KL, nats, ×10⁻⁹)", texts);
        Assert.Contains("gain (KL, nats, ×10⁻⁹)", texts);
    }

    [Theory]
    [InlineData(0.7, -0.1, 1.1)]
    [InlineData(0.1, -0.04, 0.09)]
    [InlineData(1, -0.01, 0.02)]
    [InlineData(0.01, -3, 3)]
    public void Dots_fill_at_least_a_third_of_each_axis(double misfit, double low, double high)
    {
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure((0, low), (misfit, high))));
        var frame = drawn.All("svg")[1];
        var (width, height) = (DrawnSvg.Number(frame, "width"), DrawnSvg.Number(frame, "height"));
        Assert.True(drawn.Circles.Max(dot => dot.X) - drawn.Circles.Min(dot => dot.X) > width / 3);
        Assert.True(drawn.Circles.Max(dot => dot.Y) - drawn.Circles.Min(dot => dot.Y) > height / 3);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(0.01, 3)]
    public void The_line_of_equal_gain_and_misfit_goes_through_equal_values_whatever_the_scales(double misfit, double gain)
    {
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure((misfit, gain))));
        var (frame, line) = (drawn.All("svg")[1], drawn.All("line").First(line => line.Attribute("stroke-dasharray")?.Value == "5 4"));
        double Coordinate(string name) => DrawnSvg.Number(line, name) + DrawnSvg.Number(frame, name[..1]);
        foreach (var end in new[] { "1", "2" })
        {
            var (x, y) = drawn.Value((Coordinate("x" + end), Coordinate("y" + end)));
            Assert.Equal(x, y, 0.02 * Math.Abs(x));
        }
    }

    [Fact]
    public void The_label_of_the_top_tick_stands_clear_of_the_subtitle()
    {
        var drawn = new DrawnSvg(ScatterPlot.Draw(Figure((1, 1)) with { Subtitle = "subtitle" }));
        var subtitle = DrawnSvg.Number(drawn.All("text").Single(text => text.Value == "subtitle"), "y");
        var top = drawn.All("g").Single(group => group.Attribute("text-anchor")?.Value == "end").Elements().Min(label => DrawnSvg.Number(label, "y"));
        Assert.True(top - 11 > subtitle + 2, $"{subtitle} and {top}");
    }

    private static ScatterFigure Figure(params (double X, double Y)[] dots) =>
        new() { Title = "Figure", Series = [new ScatterFigure.DotSeries("tasks", [.. dots.Select((dot, index) => new ScatterFigure.Dot(dot.X, dot.Y, $"task {index}"))])] };

    private static double LabelUnit(DrawnSvg drawn) =>
        drawn.Texts.Any(text => text.Contains("×10⁶")) ? 1e6 : drawn.Texts.Any(text => text.Contains("×10⁵")) ? 1e5 : 1;
}
