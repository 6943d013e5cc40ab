using System.Text.Json;
using CsvHelper;
using W2S.Data;

namespace W2S.Experiments.Tests;

public sealed class StudyFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-files-").FullName;
    private string Summary => Path.Combine(_folder, "summary.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_summary_reads_back_to_the_same_results_to_the_last_bit(int seeds)
    {
        var written = FakeStudies.Synthetic(20, [.. Enumerable.Range(0, seeds).Select(seed => seed * 7L)]);
        StudyFiles.WriteSummary(Summary, written);
        AssertSame(written, StudyFiles.ReadSummary(Summary));
    }

    [Fact]
    public void Any_doubles_and_any_names_survive_the_summary()
    {
        var random = new RandomStream(1, "doubles");
        for (var trial = 0; trial < 200; trial++)
        {
            var panel = FakeStudies.Panel(tasks: 1) with
            {
                Tasks = [new TaskResult(0, AnyDouble(random), AnyDouble(random), AnyDouble(random), AnyDouble(random))],
                Options = new StudyOptions { Name = "a \"<&>\" b\n", Title = "σ = 500 …", Seed = long.MaxValue - trial, Sigma = Math.Abs(AnyDouble(random)) },
            };
            StudyFiles.WriteSummary(Summary, [panel]);
            AssertSame([panel], StudyFiles.ReadSummary(Summary));
        }
    }

    [Fact]
    public void The_summary_of_one_seed_has_the_documented_shape()
    {
        StudyFiles.WriteSummary(Summary, FakeStudies.Synthetic(5));
        using var json = JsonDocument.Parse(File.ReadAllText(Summary));
        Assert.Equal(["format", "version", "seed", "panels"], Keys(json.RootElement));
        Assert.Equal(FakeStudies.PanelNames, Keys(json.RootElement.GetProperty("panels")));
        var panel = json.RootElement.GetProperty("panels").GetProperty("fig2b");
        Assert.Equal(["engine", "seconds", "options", "representations", "statistics", "tasks"], Keys(panel));
        Assert.Equal(5, panel.GetProperty("tasks").GetArrayLength());
        Assert.Equal(["task", "weak_error", "student_error", "strong_error", "misfit", "gain"], Keys(panel.GetProperty("tasks")[0]));
        Assert.Equal("adamw", panel.GetProperty("options").GetProperty("heads").GetProperty("solver").GetString());
    }

    [Fact]
    public void Several_seeds_stand_in_a_list_and_have_a_spread()
    {
        StudyFiles.WriteSummary(Summary, FakeStudies.Synthetic(5, 3, 4));
        using var json = JsonDocument.Parse(File.ReadAllText(Summary));
        Assert.Equal(["format", "version", "seeds", "spread"], Keys(json.RootElement));
        Assert.Equal([3L, 4L], json.RootElement.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetProperty("seed").GetInt64()));
    }

    [Fact]
    public void Two_runs_differ_only_under_keys_named_seconds()
    {
        var first = FakeStudies.Synthetic(3);
        StudyFiles.WriteSummary(Summary, first);
        var lines = File.ReadAllLines(Summary);
        StudyFiles.WriteSummary(Summary, [.. first.Select(panel => panel with { Seconds = panel.Seconds * 2 })]);
        var differing = lines.Zip(File.ReadAllLines(Summary)).Where(pair => pair.First != pair.Second).ToArray();
        Assert.Equal(6, differing.Length);
        Assert.All(differing, pair => Assert.Contains("\"seconds\":", pair.First));
    }

    [Fact]
    public void What_is_not_finite_is_null_and_reads_back_as_NaN()
    {
        StudyFiles.WriteSummary(Summary, [FakeStudies.Panel(tasks: 1) with { Tasks = [new TaskResult(0, double.NaN, double.PositiveInfinity, 1, 2)] }]);
        var text = File.ReadAllText(Summary);
        Assert.DoesNotContain("NaN", text);
        Assert.DoesNotContain("nfinity", text);
        var task = StudyFiles.ReadSummary(Summary)[0].Tasks[0];
        Assert.True(double.IsNaN(task.WeakError) && double.IsNaN(task.StudentError));
    }

    [Fact]
    public void An_option_that_an_older_file_lacks_takes_its_default()
    {
        StudyFiles.WriteSummary(Summary, [FakeStudies.Panel(tasks: 2)]);
        File.WriteAllText(Summary, File.ReadAllText(Summary).Replace("\"input_width\"", "\"forgotten_width\"").Replace("\"learning_rate\"", "\"forgotten_rate\""));
        var options = StudyFiles.ReadSummary(Summary)[0].Options;
        Assert.Equal(8, options.InputWidth);
        Assert.Equal(1e-3, options.Heads.Optimiser.LearningRate);
    }

    [Fact]
    public void A_torn_summary_is_refused_wherever_it_was_cut()
    {
        StudyFiles.WriteSummary(Summary, [FakeStudies.Panel(tasks: 2)]);
        var text = File.ReadAllText(Summary).TrimEnd();
        for (var length = 0; length < text.Length; length += 37)
        {
            File.WriteAllText(Summary, text[..length]);
            Assert.Contains(Summary, Assert.Throws<UserErrorException>(() => StudyFiles.ReadSummary(Summary)).Message);
        }
    }

    [Theory]
    [InlineData("[]", "not a summary")]
    [InlineData("{\"panels\": {}}", "not a summary")]
    [InlineData("{\"format\": \"w2s-summary\", \"version\": 2}", "format version 2")]
    [InlineData("{\"format\": \"w2s-summary\", \"version\": 1}", "neither")]
    [InlineData("{\"format\": \"w2s-summary\", \"version\": 1, \"seed\": 0, \"panels\": {\"a\": {\"engine\": \"x\"}}}", "cannot be read")]
    [InlineData("{\"format\": \"w2s-summary\", \"version\": 1, \"seed\": 0, \"panels\": {\"a\": null}}", "cannot be read")]
    [InlineData("{\"format\": \"w2s-summary\", \"version\": 1, \"seed\": 0, \"panels\": {\"a\": {\"engine\": \"x\", \"seconds\": 1, \"options\": 3, \"representations\": [], \"statistics\": {}, \"tasks\": []}}}", "options")]
    public void Foreign_newer_and_edited_files_are_refused(string text, string reason)
    {
        File.WriteAllText(Summary, text);
        Assert.Contains(reason, Assert.Throws<UserErrorException>(() => StudyFiles.ReadSummary(Summary)).Message);
    }

    [Fact]
    public void A_missing_summary_says_what_to_name() =>
        Assert.Contains("There is no", Assert.Throws<UserErrorException>(() => StudyFiles.ReadSummary(Summary)).Message);

    [Fact]
    public void The_table_of_tasks_reads_back_to_the_same_doubles()
    {
        var path = Path.Combine(_folder, "tasks.csv");
        var panels = FakeStudies.Synthetic(10, 0, 1);
        StudyFiles.WriteTasks(path, panels);

        using var csv = CsvReader.FromText(File.ReadAllText(path), null);
        Assert.Equal(["panel", "seed", "task", "weak_error", "student_error", "strong_error", "misfit", "gain", "gap_recovered"], csv.Headers);
        foreach (var panel in panels)
        {
            foreach (var task in panel.Tasks)
            {
                Assert.True(csv.Read());
                Assert.Equal((panel.Name, $"{panel.Seed}", $"{task.Task}"), (csv.GetString(0), csv.GetString(1), csv.GetString(2)));
                Assert.Equal(
                    [task.WeakError, task.StudentError, task.StrongError, task.Misfit, task.Gain],
                    Enumerable.Range(3, 5).Select(column => double.Parse(csv.GetString(column))));
                Assert.Equal(task.GapRecovered is { } recovered ? NumberText.Exact(recovered) : "", csv.GetString(8));
            }
        }
        Assert.False(csv.Read());
    }

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static double AnyDouble(RandomStream random)
    {
        var value = BitConverter.UInt64BitsToDouble(random.NextUInt64());
        return double.IsFinite(value) ? value : random.NextNormal();
    }

    private static void AssertSame(IReadOnlyList<PanelResult> expected, IReadOnlyList<PanelResult> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (wanted, read) in expected.Zip(actual))
        {
            Assert.Equal(wanted.Options, read.Options);
            Assert.Equal((wanted.Engine, wanted.Seconds), (read.Engine, read.Seconds));
            Assert.Equal(wanted.Representations, read.Representations);
            Assert.Equal(wanted.Tasks, read.Tasks);
        }
    }
}
