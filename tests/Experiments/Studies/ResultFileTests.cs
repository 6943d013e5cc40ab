using System.Text.Json;
using CsvHelper;
using W2S.Data;
using W2S.Reporting;

namespace W2S.Experiments.Tests;

public sealed class ResultFileTests : IDisposable
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
        Write(written);
        AssertSame(written, Read());
    }

    [Fact]
    public void Any_doubles_and_any_names_survive_the_summary()
    {
        var random = new RandomStream(1, "doubles");
        for (var trial = 0; trial < 200; trial++)
        {
            var panel = FakeStudies.Panel(tasks: 1) with
            {
                Cells = [new CellResult(0, AnyDouble(random), AnyDouble(random), AnyDouble(random), AnyDouble(random))],
                Options = new Study { Name = "a \"<&>\" b\n", Title = "σ = 500 …", Seed = long.MaxValue - trial, Sigma = Math.Abs(AnyDouble(random)) },
            };
            Write([panel]);
            AssertSame([panel], Read());
        }
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(3L, 4L)]
    public void The_summary_has_the_documented_shape_whatever_the_seeds(params long[] seeds)
    {
        Write(FakeStudies.Synthetic(5, seeds));
        using var json = JsonDocument.Parse(File.ReadAllText(Summary));
        Assert.Equal(["format", "version", "stage", "weak_run", "weak_digest", "seconds", "parts", "panels", "spread"], Keys(json.RootElement));
        Assert.Equal(("w2s-result", 2), (json.RootElement.GetProperty("format").GetString(), json.RootElement.GetProperty("version").GetInt32()));
        var panels = json.RootElement.GetProperty("panels");
        Assert.Equal(seeds.SelectMany(seed => FakeStudies.PanelNames.Select(name => (name, seed))), panels.EnumerateArray().Select(panel => (panel.GetProperty("panel").GetString()!, panel.GetProperty("seed").GetInt64())));
        var panel = panels[1];
        Assert.Equal(
            ["panel", "data", "data_title", "unit", "seed", "weak", "strong", "engine", "seconds", "options", "examples", "representations", "statistics", "cells"], Keys(panel));
        Assert.Equal(5, panel.GetProperty("cells").GetArrayLength());
        Assert.Equal(["cell", "weak_error", "student_error", "strong_error", "misfit", "measures", "gain"], Keys(panel.GetProperty("cells")[0]));
        Assert.Equal("adamw", panel.GetProperty("options").GetProperty("heads").GetProperty("solver").GetString());
        Assert.Equal(FakeStudies.PanelNames, Keys(json.RootElement.GetProperty("spread")));
    }

    [Fact]
    public void Two_runs_differ_only_under_keys_named_seconds()
    {
        var first = FakeStudies.Synthetic(3);
        Write(first);
        var lines = File.ReadAllLines(Summary);
        Write([.. first.Select(panel => panel with { Seconds = panel.Seconds * 2 })]);
        var differing = lines.Zip(File.ReadAllLines(Summary)).Where(pair => pair.First != pair.Second).ToArray();
        Assert.Equal(6, differing.Length);
        Assert.All(differing, pair => Assert.Contains("\"seconds\":", pair.First));
    }

    [Fact]
    public void What_is_not_finite_is_null()
    {
        Write([FakeStudies.Panel(tasks: 1) with { Cells = [new CellResult(0, double.NaN, double.PositiveInfinity, 1, 2)] }]);
        var text = File.ReadAllText(Summary);
        Assert.DoesNotContain("NaN", text);
        Assert.DoesNotContain("nfinity", text);
        var task = Read()[0].Cells[0];
        Assert.Equal((null, null, 1.0), (task.WeakError, task.StudentError, task.StrongError));
    }

    [Fact]
    public void An_option_that_an_older_file_lacks_takes_its_default()
    {
        Write([FakeStudies.Panel(tasks: 2)]);
        File.WriteAllText(Summary, File.ReadAllText(Summary).Replace("\"input_width\"", "\"forgotten_width\"").Replace("\"learning_rate\"", "\"forgotten_rate\""));
        var options = Read()[0].Options;
        Assert.Equal(8, options.InputWidth);
        Assert.Equal(1e-3, options.Heads.Optimiser.LearningRate);
    }

    [Fact]
    public void A_torn_summary_is_refused_wherever_it_was_cut()
    {
        Write([FakeStudies.Panel(tasks: 2)]);
        var text = File.ReadAllText(Summary).TrimEnd();
        for (var length = 0; length < text.Length; length += 37)
        {
            File.WriteAllText(Summary, text[..length]);
            Assert.Contains(Summary, Assert.Throws<UserErrorException>(() => Read()).Message);
        }
    }

    [Theory]
    [InlineData("[]", "not a summary")]
    [InlineData("{\"panels\": {}}", "not a summary")]
    [InlineData("{\"format\": \"w2s-result\", \"version\": 3}", "format version 3")]
    [InlineData("{\"format\": \"w2s-summary\", \"version\": 1}", "a run of an earlier version")]
    [InlineData("{\"format\": \"w2s-result\", \"version\": 2}", "cannot be read")]
    [InlineData("{\"format\": \"w2s-result\", \"version\": 2, \"stage\": \"study\", \"parts\": [], \"panels\": [{\"engine\": \"x\"}]}", "cannot be read")]
    [InlineData("{\"format\": \"w2s-result\", \"version\": 2, \"stage\": \"study\", \"parts\": [], \"panels\": [null]}", "null")]
    public void Foreign_newer_and_edited_files_are_refused(string text, string reason)
    {
        File.WriteAllText(Summary, text);
        Assert.Contains(reason, Assert.Throws<UserErrorException>(() => Read()).Message);
    }

    [Fact]
    public void A_missing_summary_says_what_to_name() =>
        Assert.Contains("there is no", Assert.Throws<UserErrorException>(() => Read()).Message);

    [Fact]
    public void The_rows_read_back_to_the_same_doubles()
    {
        IReadOnlyList<PanelResult> panels = [.. FakeStudies.Synthetic(10, 0, 1), .. FakeStudies.Table("lipop", 8, 32)];
        using var csv = CsvReader.FromText(RowsCsv.Write(panels), null);
        Assert.Equal(
            ["panel", "dataset", "split", "task", "seed", "weak", "strong", "objective", "weak_error", "student_error", "strong_error", "misfit", "gain", "weak_minus_misfit", "gap_recovered"],
            csv.Headers.Take(15));
        foreach (var panel in panels)
        {
            foreach (var cell in panel.Cells)
            {
                Assert.True(csv.Read());
                var (split, task) = panel.Options.IsGaussian ? ("", $"{cell.Cell}") : ($"{cell.Cell}", "");
                Assert.Equal([panel.Name, panel.Data, split, task, $"{panel.Seed}", panel.Weak, panel.Strong, "squared"], Enumerable.Range(0, 8).Select(csv.GetString));
                Assert.Equal(
                    [cell.WeakError!.Value, cell.StudentError!.Value, cell.StrongError!.Value, cell.Misfit!.Value, cell.Gain!.Value],
                    Enumerable.Range(8, 5).Select(column => double.Parse(csv.GetString(column))));
                Assert.Equal(cell.GapRecovered is { } recovered ? NumberText.Exact(recovered) : "", csv.GetString(14));
                Assert.Equal(NumberText.Exact(cell.Measure("weak_valid_mse")), csv.GetString(csv.Headers.ToList().IndexOf("weak_valid_mse")));
            }
        }
        Assert.False(csv.Read());
    }

    private void Write(IReadOnlyList<PanelResult> panels) => ResultFile.Write(_folder, new Result(Result.StudyStage, panels));

    private IReadOnlyList<PanelResult> Read() => ResultFile.Read(_folder).Panels;

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static double AnyDouble(RandomStream random)
    {
        var value = BitConverter.UInt64BitsToDouble(random.NextUInt64());
        return double.IsFinite(value) ? value : random.NextNormal();
    }

    private static void AssertSame(IReadOnlyList<PanelResult> expected, IReadOnlyList<PanelResult> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (wanted, read) in expected.Zip(actual)) Assert.Equal(Fingerprint.Of(wanted), Fingerprint.Of(read));
    }
}
