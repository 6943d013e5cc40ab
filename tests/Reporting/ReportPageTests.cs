using System.Text.RegularExpressions;
using System.Xml.Linq;
using W2S.Experiments;
using W2S.Reporting.Plots;
using W2S.Reporting.Tables;
using W2S.Training;

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
        var page = FakeStudies.Page(FakeStudies.Synthetic(10, [.. Enumerable.Range(0, seeds).Select(seed => (long)seed)]), Context);
        AssertBalanced(page);
        Assert.DoesNotContain("src=", page);
        Assert.DoesNotContain("url(", page);
        Assert.DoesNotContain("<link", page);
        Assert.DoesNotContain("<script", page);
        Assert.All(Links(page), link => Assert.DoesNotMatch("^[a-z]+:|^/", link));
    }

    [Fact]
    public void Equal_results_give_equal_bytes() =>
        Assert.Equal(FakeStudies.Page(FakeStudies.Synthetic(10), Context), FakeStudies.Page(FakeStudies.Synthetic(10), Context));

    [Fact]
    public void Every_panel_has_its_section_plot_tasks_and_configuration()
    {
        var page = FakeStudies.Page(FakeStudies.Synthetic(10), Context);
        foreach (var name in FakeStudies.PanelNames) Assert.Contains($"<section id=\"{name}\">", page);
        Assert.Equal(6, Count(page, "<summary>All 10 tasks</summary>"));
        Assert.Equal(6, Count(page, "<summary>Resolved configuration</summary>"));
        Assert.Equal(6 + 6, Count(page, "<figure"));
        Assert.Equal(["rows.csv", "summary.json", "config.yaml", "metrics.jsonl", "plots/"], Links(page));
        Assert.Contains("./run.sh reproduce synthetic --seed 0", page);
        Assert.Contains("2026-01-02 03:04", page);
    }

    [Fact]
    public void Negative_numbers_have_one_sign_in_tables_texts_and_figures()
    {
        var panel = FakeStudies.Panel();
        var page = FakeStudies.Page([panel with { Cells = [.. panel.Cells.Select(cell => cell with { StudentError = cell.WeakError + 0.5 })] }], Context);
        Assert.Contains(">−0.5000<", page);
        var read = Regex.Replace(page, "<style>.*?</style>|<pre>.*?</pre>|<[^>]*>", " ", RegexOptions.Singleline);
        Assert.DoesNotMatch(@"(?<![\w.)-])-\d", read);
    }

    [Fact]
    public void A_tables_first_columns_are_words_up_to_the_first_of_numbers()
    {
        var table = Html.Table(new TextTable(["heads", "sample", "gain", "broken"], [["softmax", "fresh", "-0.5", "–"], ["linear", "fitting", "1e-3", "6%"]]));
        Assert.Contains("<td>softmax</td><td>fresh</td><td class=\"number\">−0.5</td><td class=\"number\">–</td>", table);
        Assert.Contains("<th scope=\"col\">sample</th><th scope=\"col\" class=\"number\">gain</th>", table);
    }

    [Fact]
    public void A_collapsed_representation_is_flagged_in_words()
    {
        var page = FakeStudies.Page([FakeStudies.Panel(collapsed: true)], Context);
        Assert.Contains("the strong representation has collapsed", page);
        Assert.Contains(">COLLAPSED<", page);
        Assert.DoesNotContain("COLLAPSED", FakeStudies.Page([FakeStudies.Panel()], Context));
    }

    [Fact]
    public void Settings_that_differ_from_the_paper_are_named()
    {
        var paper = StudyConfiguration.Resolve(Panel.Find(["2b"]), "paper", [], [])[0];
        var panel = FakeStudies.Panel();
        Assert.Contains("All settings are the paper", FakeStudies.Page([panel with { Options = paper with { Seed = 7, Threads = 3 } }], Context));
        var page = FakeStudies.Page([panel with { Options = paper with { Heads = paper.Heads with { Solver = HeadSolver.Exact } } }], Context);
        Assert.Contains("heads.solver: exact (paper: adamw)", page);
        Assert.Contains("not one of the paper", FakeStudies.Page([panel with { Options = paper with { Name = "mine" } }], Context));
    }

    [Fact]
    public void What_is_said_to_differ_is_named_and_nothing_else_is_said_to()
    {
        var shipped = StudyConfiguration.Resolve(Panel.Find(["2b", "kl2b"]), "paper", [], []);
        var (paper, classes) = (FakeStudies.Panel() with { Options = shipped[0] }, FakeStudies.Panel() with { Options = shipped[1] });
        var page = FakeStudies.Page([paper, classes], Context);
        Assert.Contains("The settings of kl2b are those of the files in configs/", page);
        Assert.DoesNotContain("were changed", page);

        var changed = FakeStudies.Page([paper, classes with { Options = classes.Options with { Sigma = 3 } }], Context);
        Assert.Contains("Settings were changed in kl2b: the sections name them.", changed);
        Assert.Contains("sigma: 3 (configs/kl2b.yaml: 500)", changed);
        var own = paper with { Options = paper.Options with { Name = "mine" } };
        Assert.Contains("The paper has no panel mine.", FakeStudies.Page([own], Context));
    }

    [Fact]
    public void Wall_time_and_work_are_told_apart()
    {
        var page = FakeStudies.Page(FakeStudies.Synthetic(10).Select(panel => panel with { Seconds = 16 }).ToList(), Context, seconds: 39);
        Assert.Contains("Took 39 s. Work, had each panel run by itself and trained what it shares with others: 96 s.", page);
        Assert.DoesNotContain("Took", FakeStudies.Page([FakeStudies.Panel()], Context));
    }

    [Fact]
    public void Losses_of_training_are_drawn_where_they_belong()
    {
        LossPlot.Curve[] losses =
        [
            Curve("representation 8-16-16", new MetricSource("a", MlpStore.MetricKind)),
            Curve("fig2b weak heads", new MetricSource("b", GradientDescent.MetricKind) { Panel = "fig2b", Stage = "weak" }),
            Curve("fig3a weak heads", new MetricSource("c", GradientDescent.MetricKind) { Panel = "fig3a" }),
        ];
        var page = FakeStudies.Page([FakeStudies.Panel()], Context, null, losses);
        AssertBalanced(page);
        Assert.Equal(2, Count(page, "<polyline"));
        Assert.Contains(">weak heads: 0.5000 after 2 epochs<", page);
        Assert.Contains("Training of the representations", page);

        static LossPlot.Curve Curve(string job, MetricSource source) => new(job, [(1, 1), (2, 0.5)]) { Source = source };
    }

    [Fact]
    public void Collapsed_seeds_are_counted_aloud_and_left_out_of_the_summary()
    {
        var healthy = Enumerable.Range(0, 4).Select(seed => FakeStudies.Panel(seed: seed, tasks: 10)).ToList();
        var page = FakeStudies.Page([.. healthy, FakeStudies.Panel(seed: 4, tasks: 10, collapsed: true)], Context);
        Assert.Contains("fig2b: medians, means and intervals leave out 1 of 5 seeds, of which a representation collapsed (4).", page);
        Assert.Equal(SummaryTable.SpreadOfMeasures(healthy).Rows, SummaryTable.SpreadOfMeasures(
            [.. healthy, FakeStudies.Panel(seed: 4, tasks: 10, collapsed: true)]).Rows);
        Assert.DoesNotContain("leave out", FakeStudies.Page(healthy, Context));
    }

    [Fact]
    public void Text_from_the_user_cannot_break_the_page()
    {
        const string wild = "</title><script>alert(\"1\")</script> & 'x'";
        var panel = FakeStudies.Panel();
        var page = FakeStudies.Page([panel with { Engine = wild, Options = panel.Options with { Name = wild, Title = wild, Expectation = wild } }], new ReportContext(wild));
        AssertBalanced(page);
        Assert.DoesNotContain("<script", page);
    }

    [Fact]
    public void Several_seeds_show_the_spread_and_each_seed()
    {
        var page = FakeStudies.Page(FakeStudies.Synthetic(10, 3, 5), Context);
        Assert.Contains("Gain / misfit of every seed", page);
        Assert.Contains("seeds 3, 5", page);
        Assert.Contains("Seed 5", page);
    }

    [Fact]
    public void Results_that_define_nothing_still_make_a_page()
    {
        var panel = FakeStudies.Panel() with { Cells = [new CellResult(0, double.NaN, 1, 2, double.NaN)] };
        AssertBalanced(FakeStudies.Page([panel], Context));
        AssertBalanced(FakeStudies.Page([panel with { Cells = [] }], Context));
    }

    /// <summary>The page is written so that, but for the doctype and two elements that are never closed, it is XML.</summary>
    private static void AssertBalanced(string page)
    {
        var body = page[(page.IndexOf("<html", StringComparison.Ordinal))..].Replace("charset=\"utf-8\">", "charset=\"utf-8\"/>").Replace("initial-scale=1\">", "initial-scale=1\"/>");
        XDocument.Parse(body);
    }

    private static string[] Links(string page) => [.. Regex.Matches(page, "href=\"([^\"]*)\"").Select(link => link.Groups[1].Value)];

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
