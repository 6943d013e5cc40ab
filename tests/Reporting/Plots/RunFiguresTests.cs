using W2S.Data;
using W2S.Experiments;

namespace W2S.Reporting.Plots;

public sealed class RunFiguresTests
{
    private static readonly Result Two = Run("runs/two", FakeStudies.Synthetic(10, 3, 5));

    private static readonly Result One = Run("runs/one", [FakeStudies.Panel(seed: 9)]);

    [Fact]
    public void Without_a_choice_every_panel_of_the_first_seed_is_drawn()
    {
        var figures = RunFigures.Of([Two], [], null, overlay: false);
        Assert.Equal(FakeStudies.PanelNames, figures.Select(figure => figure.Name));
        Assert.Equal(PanelFigures.Of(Two.Panels[0]).Series[0].Dots, figures[0].Figure.Series[0].Dots);
    }

    [Fact]
    public void Panels_come_in_the_order_in_which_they_are_named() =>
        Assert.Equal(["fig3a", "fig2b"], RunFigures.Of([Two], ["3a", "fig2b"], 5, overlay: false).Select(figure => figure.Name));

    [Fact]
    public void A_panel_of_several_runs_names_the_run()
    {
        var figures = RunFigures.Of([Two, One], ["2b"], null, overlay: false);
        Assert.Equal(["two", "one"], figures.Select(figure => figure.Figure.Subtitle.Split(':')[0]));
        Assert.Single(figures.Select(figure => figure.Figure.Title).Distinct());
    }

    [Fact]
    public void Runs_over_each_other_are_a_series_each()
    {
        var (_, figure) = Assert.Single(RunFigures.Of([Two, One], ["2b"], null, overlay: true));
        Assert.Equal(["two", "one"], figure.Series.Select(series => series.Name.Split(',')[0]));
        Assert.Null(figure.Slope);
    }

    [Fact]
    public void What_is_not_there_is_refused_with_what_is()
    {
        Assert.Contains("Did you mean 2b?", Refused(() => RunFigures.Of([Two], ["2bb"], null, false)));
        Assert.Contains("it has 3, 5", Refused(() => RunFigures.Of([Two], [], 4, false)));
        var weak = FakeStudies.Panel() with { Cells = [new CellResult(0, 1, null, null, null)] };
        Assert.Contains("measures no gain", Refused(() => RunFigures.Of([Run("weak", [weak])], [], null, false)));

        static string Refused(Action action) => Assert.Throws<UserErrorException>(action).Message;
    }

    [Theory]
    [InlineData(null, "2b · Pretraining: weak 2 layers, strong 8 layers")]
    [InlineData("Mine", "Mine")]
    public void A_title_stands_over_the_figure(string? title, string shown)
    {
        var figures = RunFigures.Of([One], [], null, overlay: false);
        var drawn = new DrawnSvg(System.Text.Encoding.UTF8.GetString(RunFigures.Write(figures, title, new PrintedFigure.Sheet(174), PrintedFigure.Format.Svg)));
        Assert.Contains(shown, drawn.Texts);
        Assert.Equal(title == null, drawn.Texts.Any(text => text.Contains("Pretraining")));
    }

    [Fact]
    public void The_caption_says_how_slope_and_interval_were_made()
    {
        var caption = RunFigures.Caption(RunFigures.Of([Two], [], null, overlay: false));
        Assert.Contains("through the origin", caption);
        Assert.Contains("2,000 bootstrap resamples of the 10 tasks", caption);
    }

    private static Result Run(string folder, IReadOnlyList<PanelResult> panels) => new(Result.StudyStage, panels) { Folder = folder };
}
