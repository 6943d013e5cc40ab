namespace W2S.Reporting.Plots;

public sealed class ScatterGridTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(7)]
    public void All_panels_are_inside_the_picture(int count)
    {
        var figures = Enumerable.Range(0, count).Select(index => new ScatterFigure
        {
            Title = $"Panel {index} with a title that is rather long for one line of a small panel",
            Series = [new ScatterFigure.DotSeries("tasks", [new ScatterFigure.Dot(0.2, 0.2, "task 0"), new ScatterFigure.Dot(0.1, -0.1, "task 1")])],
        });
        var drawn = new DrawnSvg(ScatterPlot.DrawGrid("Study", [.. figures]));
        var root = drawn.All("svg")[0];
        Assert.Equal(2 * count, drawn.Circles.Count);
        Assert.All(drawn.Circles, circle => Assert.True(
            circle.X > 0 && circle.X < DrawnSvg.Number(root, "width") && circle.Y > 0 && circle.Y < DrawnSvg.Number(root, "height")));
    }

    [Fact]
    public void A_grid_of_nothing_is_refused() => Assert.Throws<ArgumentException>(() => ScatterPlot.DrawGrid("Study", []));

    [Theory]
    [InlineData(84, 1)]
    [InlineData(130, 2)]
    [InlineData(174, 3)]
    public void On_paper_as_many_panels_are_in_a_row_as_the_width_has_room_for(double millimetres, int columns)
    {
        var figures = Enumerable.Range(0, 6).Select(_ => Figure(0.2, 0.2));
        var drawn = new DrawnSvg(ScatterPlot.DrawSheet("Study", "", [.. figures], new PrintedFigure.Sheet(millimetres)));
        Assert.Equal(columns, drawn.Circles.Select(circle => circle.X).Distinct().Count());
        Assert.Equal($"{millimetres}mm", drawn.All("svg")[0].Attribute("width")!.Value);
    }

    [Fact]
    public void Frames_in_a_row_stand_at_one_height()
    {
        var wordy = Figure(1, 0.4) with { Title = "a title that is so long that it needs more than one line of its panel" };
        var figures = new[] { Figure(1, 1), wordy, Figure(0.5, -0.5) };
        var frames = new DrawnSvg(ScatterPlot.DrawGrid("Study", figures)).All("svg").Skip(1).ToArray();
        Assert.Equal(3, frames.Length);
        Assert.Single(frames.Select(frame => (frame.Attribute("y")!.Value, frame.Attribute("height")!.Value)).Distinct());
    }

    [Fact]
    public void Series_that_all_panels_share_are_named_once()
    {
        ScatterFigure.DotSeries[] series = [new("weak-8", [new(0.1, 0.1, "")]), new("weak-16", [new(0.2, 0.1, "")])];
        ScatterFigure[] same = [new() { Title = "ESOL", Series = series }, new() { Title = "Lipop", Series = series }];
        Assert.Single(new DrawnSvg(ScatterPlot.DrawGrid("Study", same)).Texts, text => text == "weak-8");
        ScatterFigure[] others = [same[0], same[1] with { Series = [series[0], series[1] with { Name = "weak-24" }] }];
        Assert.Equal(2, new DrawnSvg(ScatterPlot.DrawGrid("Study", others)).Texts.Count(text => text == "weak-8"));
    }

    private static ScatterFigure Figure(double misfit, double gain) =>
        new() { Title = "Panel", Series = [new ScatterFigure.DotSeries("tasks", [new ScatterFigure.Dot(misfit, gain, "task 0")])] };
}
