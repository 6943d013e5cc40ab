using System.Xml.Linq;
using W2S.Experiments;

namespace W2S.Reporting;

public sealed class ReportPageTests
{
    private static readonly ReportContext Context = new("./run.sh reproduce synthetic --seed 0", new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void The_page_is_balanced_and_needs_no_network(int seeds)
    {
        var page = ReportPage.Write(FakeStudies.Synthetic(10, [.. Enumerable.Range(0, seeds).Select(seed => (long)seed)]), Context);
        AssertBalanced(page);
        Assert.DoesNotContain("src=", page);
        Assert.DoesNotContain("url(", page);
        Assert.DoesNotContain("<link", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("href=", page);
    }

    [Fact]
    public void Equal_results_give_equal_bytes() =>
        Assert.Equal(ReportPage.Write(FakeStudies.Synthetic(10), Context), ReportPage.Write(FakeStudies.Synthetic(10), Context));

    [Fact]
    public void Every_panel_has_its_section_plot_tasks_and_configuration()
    {
        var page = ReportPage.Write(FakeStudies.Synthetic(10), Context);
        foreach (var name in FakeStudies.PanelNames) Assert.Contains($"<section id=\"{name}\">", page);
        Assert.Equal(6, Count(page, "<summary>All 10 tasks</summary>"));
        Assert.Equal(6, Count(page, "<summary>Resolved configuration</summary>"));
        Assert.Equal(6 + 6, Count(page, "<figure"));
        Assert.Contains("./run.sh reproduce synthetic --seed 0", page);
        Assert.Contains("2026-01-02 03:04", page);
    }

    [Fact]
    public void A_collapsed_representation_is_flagged_in_words()
    {
        var page = ReportPage.Write([FakeStudies.Panel(collapsed: true)], Context);
        Assert.Contains("the strong representation has collapsed", page);
        Assert.Contains(">COLLAPSED<", page);
        Assert.DoesNotContain("COLLAPSED", ReportPage.Write([FakeStudies.Panel()], Context));
    }

    [Fact]
    public void Settings_that_differ_from_the_paper_are_named()
    {
        var paper = StudyConfiguration.Resolve(Panels.Find(["2b"]), "paper", [], [])[0];
        var panel = FakeStudies.Panel();
        Assert.Contains("All settings are the paper", ReportPage.Write([panel with { Options = paper with { Seed = 7, Threads = 3 } }], Context));
        var page = ReportPage.Write([panel with { Options = paper with { Heads = paper.Heads with { Solver = HeadSolver.Exact } } }], Context);
        Assert.Contains("heads.solver: exact (paper: adamw)", page);
        Assert.Contains("not one of the paper", ReportPage.Write([panel with { Options = paper with { Name = "mine" } }], Context));
    }

    [Fact]
    public void Text_from_the_user_cannot_break_the_page()
    {
        const string wild = "</title><script>alert(\"1\")</script> & 'x'";
        var panel = FakeStudies.Panel();
        var page = ReportPage.Write([panel with { Engine = wild, Options = panel.Options with { Name = wild, Title = wild, Expectation = wild } }], new ReportContext(wild));
        AssertBalanced(page);
        Assert.DoesNotContain("<script", page);
    }

    [Fact]
    public void Several_seeds_show_the_spread_and_each_seed()
    {
        var page = ReportPage.Write(FakeStudies.Synthetic(10, 3, 5), Context);
        Assert.Contains("Gain / misfit of every seed", page);
        Assert.Contains("seeds 3, 5", page);
        Assert.Contains("Seed 5", page);
    }

    [Fact]
    public void Results_that_define_nothing_still_make_a_page()
    {
        var panel = FakeStudies.Panel() with { Cells = [new CellResult(0, double.NaN, 1, 2, double.NaN)] };
        AssertBalanced(ReportPage.Write([panel], Context));
        AssertBalanced(ReportPage.Write([panel with { Cells = [] }], Context));
    }

    /// <summary>The page is written so that, but for the doctype and two elements that are never closed, it is XML.</summary>
    private static void AssertBalanced(string page)
    {
        var body = page[(page.IndexOf("<html", StringComparison.Ordinal))..].Replace("charset=\"utf-8\">", "charset=\"utf-8\"/>").Replace("initial-scale=1\">", "initial-scale=1\"/>");
        XDocument.Parse(body);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
