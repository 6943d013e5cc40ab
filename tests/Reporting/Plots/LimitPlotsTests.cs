using W2S.Experiments.Metrics;

namespace W2S.Reporting.Plots;

/// <summary>Bound scatters, curves with bands, reliability diagrams and heat maps.</summary>
public class LimitPlotsTests
{
    [Fact]
    public void A_scatter_says_how_many_dots_lie_above_the_bound()
    {
        Assert.Contains("3 dots, 1 above the bound", Draw((0.1, 0.2), (0.5, 0.5), (1, 0.1)));
        Assert.Contains("2 dots, none above the bound", Draw((0.5, 0.5), (1, 0)));

        static IReadOnlyList<string> Draw(params (double, double)[] dots) =>
            new DrawnSvg(BoundScatter.Draw("gap", "bound", [("pairs", dots)])).Texts;
    }

    [Fact]
    public void Both_ends_of_the_diagonal_have_equal_gap_and_bound()
    {
        var drawn = new DrawnSvg(BoundScatter.Draw("gap", "bound", [("pairs", [(0.01, 0.001), (1, 0.1)])]));
        var line = drawn.All("line").Single(line => line.Attribute("stroke-dasharray") != null);
        Assert.True(DrawnSvg.Number(line, "x1") < DrawnSvg.Number(line, "x2") && DrawnSvg.Number(line, "y1") > DrawnSvg.Number(line, "y2"));
    }

    [Fact]
    public void A_curve_has_its_band_its_marks_and_its_ring()
    {
        var drawn =
            new DrawnSvg(ErrorCurves.Draw("Error", "", "x", "y",
            [new ErrorCurves.Curve("one", [(0, 1, 0.5, 1.5), (1, 2, 1, 3)], (1, "the end")),
            new ErrorCurves.Curve("two", [(0, 1, double.NaN, double.NaN)])]));
        Assert.Single(drawn.All("polygon"));
        Assert.Single(drawn.All("circle"), circle => circle.Attribute("r")!.Value == "7");
        Assert.Contains("one (ring: the end)", drawn.Texts);
        Assert.Contains("from 1.000 at 0 to 2.000 at 1.000", drawn.Description);
    }

    /// <summary>A digit takes seven pixels at most, and the name, on its side, what is left of its baseline and four more.</summary>
    [Fact]
    public void Long_labels_of_ticks_leave_room_for_the_axis_name()
    {
        var drawn = new DrawnSvg(ErrorCurves.Draw("Error", "", "x", "error",
            [new ErrorCurves.Curve("one", [(0, -0.0012, double.NaN, double.NaN), (1, 0.0031, double.NaN, double.NaN)])]));
        var labels = drawn.All("g").Single(group => group.Attribute("text-anchor")?.Value == "end").Elements().ToList();
        var name = drawn.All("text").Single(text => text.Attribute("transform") != null);
        Assert.Contains(labels, label => label.Value == "−0.002");
        Assert.All(labels, label => Assert.True(
            DrawnSvg.Number(label, "x") - 6.5 * label.Value.Length > DrawnSvg.Number(name, "x") + 4, label.Value));
    }

    [Fact]
    public void Bars_of_a_reliability_diagram_are_as_high_as_the_accuracy()
    {
        var drawn = new DrawnSvg(ReliabilityDiagram.Draw("Model", "ECE 0.1", new Calibration([new(10, 0.5, 0.25), new(30, 0.9, 0.75)])));
        var bars = drawn.All("rect").Where(bar => bar.Attribute("fill-opacity")?.Value == "0.6")
            .Select(bar => DrawnSvg.Number(bar, "height")).ToArray();
        Assert.Equal(3, bars[1] / bars[0], 1e-2);
        Assert.Contains("Confidence 0.900: right 0.750 of 30 times.", drawn.Description);
        Assert.Contains("rows in each bin, 40 in all", drawn.Texts);
    }

    [Fact]
    public void A_heat_map_says_every_number_and_shades_the_farthest_most()
    {
        var drawn =
            new DrawnSvg(HeatMap.Draw("Map", "", "noise", ["a", "b"], ["0", "1"], new[,] { { 1.0, -0.5 }, { 0.0, double.NaN } },
            middle: 0));
        foreach (var number in new[] { "1.000", "−0.500", "0.000", "–" }) Assert.Contains(number, drawn.Texts);
        Assert.Equal(["0.75", "0.38", "0", "0"], drawn.All("rect").Where(tile => tile.Attribute("rx")?.Value == "2")
            .Select(tile => tile.Attribute("fill-opacity")!.Value));
    }

    [Fact]
    public void A_long_name_of_columns_ends_with_the_last_of_them_and_a_short_one_is_in_their_middle()
    {
        var (tile, @long) = Places("share of the labels that is noise");
        Assert.True(@long < tile);
        Assert.Equal(tile, Places("k").Name, 0.01);

        static (double Middle, double Name) Places(string name)
        {
            var drawn = new DrawnSvg(HeatMap.Draw("Map", "", name, ["a"], ["0"], new[,] { { 1.0 } }, middle: 0));
            return (DrawnSvg.Number(drawn.All("text").Single(text => text.Value == "0"), "x"),
                DrawnSvg.Number(drawn.All("text").Single(text => text.Value == name), "x"));
        }
    }
}
