using W2S.Data;
using W2S.Experiments;
using W2S.Runs.Launchers;
using W2S.Runs.Plans;
using W2S.Runs.Work;

namespace W2S.Runs;

public sealed class PlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_group_is_a_product_in_the_order_of_the_file()
    {
        var points = SmallSweeps.File("grid: { weak.depth: [1, 2], seed: 0..2 }").Points;
        Assert.Equal(["weak.depth = 1, seed = 0", "weak.depth = 1, seed = 1", "weak.depth = 1, seed = 2", "weak.depth = 2, seed = 0", "weak.depth = 2, seed = 1", "weak.depth = 2, seed = 2"], points.Select(point => point.ToString()));
    }

    [Fact]
    public void Entries_of_a_zip_advance_together_and_may_hold_products()
    {
        var points = SmallSweeps.File("grid: { zip: { pretraining.tasks: [5, 10], pretraining.samples: [250, 2000] }, seed: [3] }").Points;
        Assert.Equal(["pretraining.tasks = 5, pretraining.samples = 250, seed = 3", "pretraining.tasks = 10, pretraining.samples = 2000, seed = 3"], points.Select(point => point.ToString()));

        points = SmallSweeps.File("grid: { zip: { seed: 0..3, product: { weak.depth: [1, 2], strong.depth: [4, 8] } } }").Points;
        Assert.Equal("seed = 2, weak.depth = 2, strong.depth = 4", points[2].ToString());

        points = SmallSweeps.File("grid: { zip: [{ weak.depth: [1, 2], strong.depth: [3, 4] }, { sigma: [1, 2], seed: [0, 1] }] }").Points;
        Assert.Equal(4, points.Count);
    }

    [Fact]
    public void A_list_of_groups_is_one_after_the_other_and_a_range_may_have_steps()
    {
        var points = SmallSweeps.File("grid: [{ seed: 0..20 by 10 }, { weak.depth: 7 }]").Points;
        Assert.Equal(["seed = 0", "seed = 10", "seed = 20", "weak.depth = 7"], points.Select(point => point.ToString()));
    }

    [Fact]
    public void Conditions_judge_resolved_settings()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { weak.depth: [1, 2, 9], seed: [0] }\nwhere: [strong.depth > weak.depth, weak.source == pretrained]");
        Assert.Equal(["1", "2"], plan.Runs.Where(run => run.Kind == "study").Select(run => run.Varies["weak.depth"]));
    }

    [Theory]
    [InlineData("<", "1")]
    [InlineData("<=", "1 2")]
    [InlineData("==", "2")]
    [InlineData("!=", "1 3")]
    [InlineData(">=", "2 3")]
    [InlineData(">", "3")]
    public void A_condition_holds_on_its_side_of_a_number_and_at_it_where_it_says_so(string sign, string depths)
    {
        var plan = SmallSweeps.Plan(_folder["s"], $"grid: {{ weak.depth: 1..3 }}\nwhere: [\"weak.depth {sign} 2\"]");
        Assert.Equal(depths, string.Join(' ', plan.Runs.Where(run => run.Kind == "study").Select(run => run.Varies["weak.depth"])));
    }

    [Fact]
    public void What_runs_share_is_a_run_of_its_own_that_comes_before_them()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: [2b, 3a, 2a]\ngrid: { seed: 0..2 }");
        // Figures 2b and 3a have both representations in common, and 2a has its weak one.
        Assert.Equal(6, plan.Runs.Count(run => run is { Kind: "representation", Level: 0 }));
        Assert.Equal(9, plan.Runs.Count(run => run is { Kind: "study", Level: 1 }));
        Assert.All(plan.Runs.Where(run => run.Level == 1), run => Assert.All(run.After, needed => Assert.Equal(0, plan.Find(needed).Level)));
        Assert.Equal(Enumerable.Range(1, 15), plan.Runs.Select(run => run.Line));
        Assert.Equal(["fig2b", "fig3a", "fig2a"], plan.Runs.Where(run => run.Level == 1).Select(run => run.Varies["panel"]).Distinct());
    }

    [Fact]
    public void A_plan_reads_back_as_it_was_made()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "panels: [2b, 2c]\ngrid: { seed: 0..2, weak.depth: [1, 3] }\nretries: 5");
        var read = SweepPlan.Load(_folder["s"]);
        Assert.Equal(plan.Options, read.Options);
        Assert.Equal(plan.Runs.Select(run => run.ToJson()), read.Runs.Select(run => run.ToJson()));
        Assert.All(plan.Runs, run => Assert.Equal(run.Line, read.Find(run.Identity).Line));
        foreach (var run in read.Runs)
        {
            var kind = SweepWorker.KindOf(run.Kind);
            Assert.Equal(run.Settings.GetRawText(), kind.Write(kind.Read(run.Settings)).GetRawText());
        }
    }

    [Fact]
    public void Two_dots_are_a_range_of_numbers_and_part_of_a_path()
    {
        var points = SmallSweeps.File("grid: { weak.from: [../encs/weak-8, '..', 0..9], seed: 3..5 }").Points;
        Assert.Equal(9, points.Count);
        Assert.Equal(["../encs/weak-8", "..", "0..9"], points.Select(point => point.Values[0].Value).Distinct());
        Assert.Equal(["3", "4", "5"], points.Select(point => point.Values[1].Value).Distinct());
    }

    [Fact]
    public void Threads_are_no_part_of_what_a_run_is()
    {
        Assert.Equal(
            SmallSweeps.Plan(_folder["a"], "grid: { seed: 0..2, threads: [1] }").Runs.Select(run => run.Identity),
            SmallSweeps.Plan(_folder["b"], "grid: { seed: 0..2, threads: [2] }").Runs.Select(run => run.Identity));
    }

    [Theory]
    [InlineData("grid: { weak.depth: [] }", "sweep.yaml:5:21: weak.depth has no values")]
    [InlineData("grid: {}", "the grid is empty")]
    [InlineData("grid:", "the grid is empty")]
    [InlineData("grid: { seed: 9..0 }", "write 0..9")]
    [InlineData("grid: { seed: 0..x }", "is no range")]
    [InlineData("grid: { seed: grown by 0..9 }", "is no range")]
    [InlineData("grid: { weak.dept: [1] }", "did you mean weak.depth?")]
    [InlineData("grid: { depth: [1] }", "weak.depth or strong.depth?")]
    [InlineData("grid: { zip: { seed: [0, 1], weak.depth: [1, 2, 3] } }", "seed has 2, weak.depth has 3")]
    [InlineData("grid: { seed: 0..9999999 }", "more than")]
    [InlineData("grid: { seed: 0..999, heads.tasks: 1..2000 }", "more than")]
    [InlineData("grid: { seed: [0], zip: { seed: [1] } }", "seed is varied twice")]
    [InlineData("gird: { seed: [0] }", "did you mean grid?")]
    [InlineData("retries: -1", "retries must be at least 0")]
    [InlineData("save_every: often", "save_every")]
    [InlineData("kind: molecules", "a sweep's file has no kind")]
    [InlineData("panels: 9z", "There is no panel 9z")]
    [InlineData("where: strong.depth", "is no condition")]
    [InlineData("where: strong.dept > 2", "did you mean strong.depth?")]
    public void A_file_that_is_wrong_is_refused_with_the_remedy(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => SmallSweeps.File(yaml)).Message);

    [Theory]
    [InlineData("grid: { weak.depth: [3, 4] }\nwhere: weak.depth < 2", "none of its 2 points fulfils where (weak.depth < 2)")]
    [InlineData("grid: { seed: [0, 1, 0] }", "two points of the grid are the same run: \"seed = 0\" and \"seed = 0\"")]
    [InlineData("grid: { threads: [1, 2] }", "two points of the grid are the same run")]
    [InlineData("grid: { weak.depth: [0] }", "(weak.depth: 0): weak.depth must be at least 1, not 0")]
    [InlineData("grid: { pretraining.optimiser.batch: [8, 41] }", "A batch cannot be larger")]
    [InlineData("where: weak.source < 3", "not both numbers")]
    public void A_grid_that_makes_no_plan_is_refused_with_the_remedy(string yaml, string message)
    {
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => SmallSweeps.Plan(_folder["s"], yaml)).Message);
        Assert.False(Directory.Exists(_folder["s"]));
    }

    [Fact]
    public void Additions_are_appended_and_keep_the_lines_of_what_was_there()
    {
        var before = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }");
        before.Work();
        var (after, added) = Sweep.Plan(SmallSweeps.File("grid: { seed: 0..2 }"), _folder["s"]);
        Assert.Equal(3, added);
        Assert.Equal(before.Runs.Select(run => run.Identity), after.Runs.Take(6).Select(run => run.Identity));
        Assert.Equal(Enumerable.Range(1, 9), after.Runs.Select(run => run.Line));
        Assert.Equal([[7, 8], [9]], after.Pending().Select(level => level.Lines));
        Assert.Equal(0, Sweep.Plan(SmallSweeps.File("grid: { seed: 0..2 }"), _folder["s"]).Added);
    }

    [Fact]
    public void Once_runs_have_started_none_may_go_and_before_that_anything_may()
    {
        SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }");
        Assert.Equal(3, SmallSweeps.Plan(_folder["s"], "grid: { seed: [7] }").Runs.Count);
        SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }").Work();
        var error = Assert.Throws<UserErrorException>(() => SmallSweeps.Plan(_folder["s"], "grid: { seed: [1, 7] }"));
        Assert.Contains("6 of its 6 runs have started", error.Message);
        Assert.Contains("Only additions", error.Message);
        Assert.Equal(6, SweepPlan.Load(_folder["s"]).Runs.Count);
    }

    [Fact]
    public void A_plan_edited_by_hand_is_refused()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }");
        var text = File.ReadAllText(plan.Folder.PlanFile);

        File.WriteAllText(plan.Folder.PlanFile, text.Replace("\"sigma\":500", "\"sigma\":501"));
        Assert.Contains("plan.jsonl:1: the settings of mlp-2x16-seed0 were edited", Assert.Throws<UserErrorException>(() => SweepPlan.Load(_folder["s"])).Message);

        File.WriteAllText(plan.Folder.PlanFile, text[..(text.IndexOf('\n') + 1)]);
        Assert.Contains("was edited after it was planned", Assert.Throws<UserErrorException>(() => SweepPlan.Load(_folder["s"])).Message);

        File.WriteAllText(plan.Folder.PlanFile, text + "junk\n");
        Assert.Contains("plan.jsonl:7: this is no run of a plan", Assert.Throws<UserErrorException>(() => SweepPlan.Load(_folder["s"])).Message);

        File.WriteAllText(plan.Folder.PlanFile, text);
        Assert.Equal(6, SweepPlan.Load(_folder["s"]).Runs.Count);
    }

    [Theory]
    [InlineData("plan.jsonl.tmp")]
    [InlineData("plan.jsonl")]
    [InlineData("plan.jsonl", "sweep.yaml", "runs")]
    public void A_planning_that_was_cut_off_is_begun_anew(params string[] left)
    {
        var whole = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..2 }");
        foreach (var entry in Directory.GetFileSystemEntries(_folder["s"]))
        {
            if (left.Contains(Path.GetFileName(entry))) continue;
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        }
        foreach (var name in left.Where(name => name.EndsWith(".tmp", StringComparison.Ordinal))) File.WriteAllText(_folder[$"s/{name}"], "{\"li");
        SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..2 }");
        Assert.Equal(whole.Runs.Select(run => run.Identity), SweepPlan.Load(_folder["s"]).Runs.Select(run => run.Identity));
    }

    [Fact]
    public void Foreign_and_missing_and_unwritable_folders_are_refused()
    {
        Directory.CreateDirectory(_folder["photos"]);
        File.WriteAllText(_folder["photos/holiday.jpg"], "");
        Assert.Contains("other things in it", Assert.Throws<UserErrorException>(() => SmallSweeps.Plan(_folder["photos"], "grid: { seed: [0] }")).Message);
        Assert.Contains("There is no planned sweep", Assert.Throws<UserErrorException>(() => SweepPlan.Load(_folder["nothing"])).Message);
        Assert.Contains("cannot be written", Assert.Throws<UserErrorException>(() => SmallSweeps.Plan(_folder["photos/holiday.jpg/s"], "grid: { seed: [0] }")).Message);
    }

    [Fact]
    public void The_sweep_in_configs_is_what_its_header_says()
    {
        var plan = Sweep.Plan(SweepFile.Load(Path.Combine(Folder(), "../../configs/sweeps/depth.yaml")), _folder["s"]).Plan;
        Assert.Equal(60, plan.Runs.Count(run => run.Kind == "study"));
        Assert.Equal(40, plan.Runs.Count(run => run.Kind == "representation"));
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
