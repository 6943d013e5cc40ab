using W2S.Data;

namespace W2S.Reporting.Plots;

public sealed class SeedSpreadPlotTests
{
    [Fact]
    public void Every_seed_is_a_dot_or_a_cross_in_its_row()
    {
        var random = new RandomStream(0, "spread");
        var rows = FakeStudies.PanelNames.Select(name => new SeedSpreadPlot.Row(name, [.. Enumerable.Range(0, 100).Select(
            seed => new SeedSpreadPlot.Dot(seed, 1 + 0.2 * random.NextNormal(), Collapsed: seed % 10 == 0))])).ToArray();
        var drawn = new DrawnSvg(SeedSpreadPlot.Draw("Spread", rows));
        Assert.Equal(6 * 90 + 1, drawn.Circles.Count); // and one in the legend
        Assert.Equal(6 * 10 + 1, drawn.All("path").Count);
        Assert.Equal(6, drawn.Texts.Count(text => text == "10 collapsed"));
    }

    [Fact]
    public void Wild_seeds_are_drawn_at_the_edge_and_counted()
    {
        var drawn = new DrawnSvg(SeedSpreadPlot.Draw("Spread", [new SeedSpreadPlot.Row("fig2a", [new(0, 1, false), new(1, 1e9, false), new(2, double.NaN, true)])]));
        Assert.Contains("1 collapsed, 2 out of range", drawn.Texts);
        Assert.Equal(2 + 1, drawn.Circles.Count);
    }

    [Fact]
    public void The_median_is_that_of_seeds_that_did_not_collapse() =>
        Assert.Contains("median 0.900, 3 seeds", new DrawnSvg(SeedSpreadPlot.Draw("Spread", [new SeedSpreadPlot.Row("fig2a",
            [new(0, 0.8, false), new(1, 0.9, false), new(2, 1, false), new(3, -2, true), new(4, -1, true)])])).Texts);

    [Fact]
    public void A_panel_without_seeds_has_an_empty_row() =>
        Assert.Contains("median –, 0 seeds", new DrawnSvg(SeedSpreadPlot.Draw("Spread", [new SeedSpreadPlot.Row("fig2a", [])])).Texts);

    [Fact]
    public void Dots_of_a_row_do_not_cover_each_other()
    {
        var random = new RandomStream(1, "swarm");
        var seeds = Enumerable.Range(0, 60).Select(seed => new SeedSpreadPlot.Dot(seed, 2 * random.NextDouble() - 1, Collapsed: false));
        var dots = new DrawnSvg(SeedSpreadPlot.Draw("Spread", [new SeedSpreadPlot.Row("fig2a", [.. seeds])])).Circles.Skip(1).ToArray();
        foreach (var (index, dot) in dots.Index())
            Assert.All(dots[..index], other => Assert.True(double.Hypot(dot.X - other.X, dot.Y - other.Y) > 5.1));
    }
}
