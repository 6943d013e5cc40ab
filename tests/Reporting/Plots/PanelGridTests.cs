using W2S.Experiments;

namespace W2S.Reporting.Plots;

public sealed class PanelGridTests
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
            Series = [new ScatterSeries("tasks", [new ScatterDot(0.2, 0.2, "task 0"), new ScatterDot(0.1, -0.1, "task 1")])],
        });
        var drawn = new DrawnSvg(PanelGrid.Draw("Study", [.. figures]));
        var root = drawn.All("svg")[0];
        Assert.Equal(2 * count, drawn.Circles.Count);
        Assert.All(drawn.Circles, circle => Assert.True(
            circle.X > 0 && circle.X < DrawnSvg.Number(root, "width") && circle.Y > 0 && circle.Y < DrawnSvg.Number(root, "height")));
    }

    [Fact]
    public void A_grid_of_nothing_is_refused() => Assert.Throws<ArgumentException>(() => PanelGrid.Draw("Study", []));
}
