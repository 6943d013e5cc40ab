using System.Text.Json;
using W2S.Data;
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

namespace W2S.Reporting;

/// <summary>What runs of single stages and representations leave in their folders.</summary>
public sealed class StageOutputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Study _options = SmallStudies.Of("2b").Single();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_stage_leaves_its_tasks_plots_and_report()
    {
        var stages = Stages();
        var weak = stages.Train("weak", _options, null);
        var student = stages.TrainStudent(weak.Folder, _options, null);
        var strong = stages.Train("strong", _options, null);
        var evaluation = stages.Evaluate(student.Folder, strong.Folder, _folder["evaluation"]);

        Assert.Equal(["loss.svg"], Plots(weak));
        Assert.Equal(["loss.svg"], Plots(strong));
        Assert.Equal(["fig2b.svg", "loss.svg"], Plots(student));
        Assert.Equal(["fig2b.svg"], Plots(evaluation));
        foreach (var run in new[] { weak, student, strong, evaluation })
        {
            Assert.Equal(1 + run.Panel.Cells.Count, File.ReadAllLines(Path.Combine(run.Folder, "rows.csv")).Length);
            var report = File.ReadAllText(Path.Combine(run.Folder, "report.html"));
            Assert.Contains("./run.sh the-command", report);
            Assert.Contains("Resolved configuration", report);
            Assert.DoesNotContain("src=", report);
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(report, "href=\"([^\"]*)\""))
                Assert.True(Path.Exists(Path.Combine(run.Folder, link.Groups[1].Value)), $"{run.Stage}: {link.Value}");
        }
    }

    [Fact]
    public void A_measure_that_a_stage_lacks_is_an_empty_cell()
    {
        var weak = Stages().Train("weak", _options, null);
        var row = File.ReadAllLines(Path.Combine(weak.Folder, "rows.csv"))[1];
        Assert.StartsWith($"fig2b,gaussian,,0,0,mlp-2x16,,squared,{NumberText.Exact(weak.Panel.Cells[0].WeakError)},,,,,,,", row);
    }

    [Fact]
    public void A_representation_says_what_it_is_and_how_its_training_ended()
    {
        var trained = Stages().Pretrain(_options);
        var summary = MlpStore.Summary.Read(trained.Origin.Folder!);
        Assert.Equal((trained.Description, trained.Origin.Steps, trained.Origin.Loss), (summary.Description, summary.Steps, summary.Loss));
        Assert.Equal((((MlpRepresentation)trained).Weights.Shape.ParameterCount, 20.0), (summary.Parameters, summary.Epochs));
        Assert.Contains("<polyline", File.ReadAllText(Path.Combine(trained.Origin.Folder!, "plots/loss.svg")));
        Assert.True(File.Exists(Path.Combine(trained.Origin.Folder!, "report.html")));
    }

    [Fact]
    public void A_finished_run_is_read_and_not_made_again()
    {
        var first = Stages().Train("weak", _options, null);
        var written = File.ReadAllText(Path.Combine(first.Folder, "summary.json"));
        var second = Stages().Train("weak", _options, null);
        Assert.All(first.Parts!, part => Assert.False(part.Found));
        Assert.All(second.Parts!, part => Assert.True(part.Found));
        Assert.Equal(Fingerprint.Of(first.Panel.Cells), Fingerprint.Of(second.Panel.Cells));
        Assert.Equal(written, File.ReadAllText(Path.Combine(first.Folder, "summary.json")));
    }

    [Fact]
    public void Where_a_run_is_kept_does_not_change_its_summary()
    {
        var other = new StageRuns(_folder["else/where"], new DataFolders(["."]), 1, new TrainingOptions(), force: false, "./run.sh the-command", RunServices.Silent);
        Assert.Equal(Summary(Stages().Train("strong", _options, null)), Summary(other.Train("strong", _options, null)));

        static string Summary(Result run) =>
            string.Join('\n', File.ReadLines(Path.Combine(run.Folder, "summary.json")).Where(line => !line.Contains("\"seconds\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Reports_and_plots_are_remade_to_the_byte_but_for_the_date()
    {
        var weak = Stages().Train("weak", _options, null);
        var student = Stages().TrainStudent(weak.Folder, _options, null);
        var trained = Stages().Pretrain(_options);
        foreach (var folder in new[] { weak.Folder, student.Folder, trained.Origin.Folder! })
        {
            string[] remade = [.. Directory.GetFiles(Path.Combine(folder, "plots")), Path.Combine(folder, "report.html"), Path.Combine(folder, "summary.json")];
            var before = remade.Select(Undated).ToArray();
            foreach (var file in remade[..^1]) File.Delete(file);
            StudyOutputs.Remake(folder, "report");
            Assert.Equal(before, remade.Select(Undated));
        }

        static string Undated(string file) => System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(file), @" Finished [-\d: ]+UTC[-+:\d]+\.", "");
    }

    [Theory]
    [InlineData("{\"format\": \"other\", \"version\": 1}", "does not know (other)")]
    [InlineData("{\"stage\": \"weak\"}", "not a summary")]
    [InlineData("{\"format\": \"w2s-result\", \"version\": 9}", "format version 9")]
    [InlineData("{\"format\": \"w2s-result\", \"ver", "cut short")]
    public void What_is_no_run_has_no_report(string summary, string reason)
    {
        File.WriteAllText(_folder["summary.json"], summary);
        Assert.Contains(reason, Assert.Throws<UserErrorException>(() => StudyOutputs.Remake(_folder.Path, "report")).Message);
    }

    [Fact]
    public void An_evaluation_does_not_overwrite_the_run_that_it_measures()
    {
        var student = Stages().TrainStudent(Stages().Train("weak", _options, null).Folder, _options, null);
        Assert.Contains("would overwrite", Assert.Throws<UserErrorException>(() => Stages().Evaluate(student.Folder, null, student.Folder)).Message);
    }

    [Fact]
    public void A_collapsed_representation_is_named_in_the_report()
    {
        var weak = Stages().Train("weak", _options, null);
        var collapsed = weak with { Panels = [weak.Panel with { Representations = [weak.Panel.Representations[0] with { Collapsed = true }] }] };
        StudyOutputs.Write(collapsed, new ReportContext("command"));
        Assert.Contains("class=\"alarm\"", File.ReadAllText(Path.Combine(weak.Folder, "report.html")));
        Assert.Contains(">The weak representation has collapsed", File.ReadAllText(Path.Combine(weak.Folder, "report.html")));
    }

    [Fact]
    public void Measures_that_are_not_finite_are_null_in_the_summary()
    {
        var weak = Stages().Train("weak", _options, null);
        StudyOutputs.Write(weak with { Panels = [weak.Panel with { Cells = [new CellResult(0, double.NaN, null, null, null)] }] }, new ReportContext("command"));
        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(weak.Folder, "summary.json")));
        Assert.Equal(JsonValueKind.Null, summary.RootElement.GetProperty("panels")[0].GetProperty("cells")[0].GetProperty("weak_error").ValueKind);
    }

    private StageRuns Stages() => new(_folder["checkpoints"], new DataFolders(["."]), threads: 1, new TrainingOptions(), force: false, "./run.sh the-command", RunServices.Silent);

    private static IEnumerable<string?> Plots(Result run) => Directory.GetFiles(Path.Combine(run.Folder, "plots")).Select(Path.GetFileName).Order();
}
