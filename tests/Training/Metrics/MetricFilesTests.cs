using Serilog.Core;

namespace W2S.Training.Tests;

/// <summary>
/// The files of metrics in a run's folder, read back by other readers, and what becomes of them when the run is continued.
/// </summary>
public sealed class MetricFilesTests : IDisposable
{
    private const MetricFormats Both = MetricFormats.Csv | MetricFormats.TensorBoard;
    private static readonly MetricSource Weak = new("1a2b3c4d", "heads")
    {
        Panel = "fig2b", Data = "gaussian", Stage = "weak", Cells = "0-99", Seed = 3,
    };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_format_has_every_step_of_every_job()
    {
        using (var files = Open(Both)) Write(files, "weak heads", Weak, 1, 2);
        Assert.Equal(
            [
                "job,id,kind,panel,data,stage,weak,cells,seed,step,epoch,loss",
                "weak heads,1a2b3c4d,heads,fig2b,gaussian,weak,,0-99,3,1,0.1,0.5",
                "weak heads,1a2b3c4d,heads,fig2b,gaussian,weak,,0-99,3,2,0.2,0.25",
            ],
            File.ReadAllLines(_folder["metrics.csv"]));
        Assert.Equal([("loss", 1, 0.5f), ("loss", 2, 0.25f)], Events("weak-heads-1a2b3c4d"));
        var lines = JsonlMetricSink.Read(_folder["metrics.jsonl"]);
        Assert.Equal([1L, 2], lines.Select(metric => metric.Step));
        Assert.All(lines, metric => Assert.Equal(Weak, metric.Source));
    }

    [Fact]
    public void A_run_that_is_continued_repeats_no_step_in_any_format()
    {
        using (var files = Open(Both)) Write(files, "weak heads", Weak, 1, 2, 3);
        // Killed, and continued from a checkpoint of step 1.
        using (var files = Open(Both)) Write(files, "weak heads", Weak, 2, 3, 4);
        Assert.Equal([1L, 2, 3, 4], Events("weak-heads-1a2b3c4d").Select(scalar => scalar.Step));
        Assert.Equal(4, File.ReadAllLines(_folder["metrics.jsonl"]).Length);
        Assert.Equal(["1", "2", "3", "4"], File.ReadAllLines(_folder["metrics.csv"]).Skip(1).Select(line => line.Split(',')[9]));
    }

    [Fact]
    public void A_format_asked_for_later_has_the_steps_before()
    {
        using (var files = Open(MetricFormats.None)) Write(files, "weak heads", Weak, 1, 2);
        Assert.False(Directory.Exists(_folder["tensorboard"]));
        using (var files = Open(Both)) Write(files, "weak heads", Weak, 3);
        Assert.Equal([1L, 2, 3], Events("weak-heads-1a2b3c4d").Select(scalar => scalar.Step));
        Assert.Equal(4, File.ReadAllLines(_folder["metrics.csv"]).Length);
    }

    [Fact]
    public void Jobs_of_one_name_are_told_apart_by_what_they_fit()
    {
        using (var files = Open(Both))
        {
            Write(files, "heads", Weak, 1);
            Write(files, "heads", Weak with { Id = "5e6f7a8b" }, 1);
            Write(files, "heads", null, 1);
        }
        Assert.Equal(3, JsonlMetricSink.Read(_folder["metrics.jsonl"]).Count);
        Assert.Equal(
            ["heads", "heads-1a2b3c4d", "heads-5e6f7a8b"],
            Directory.GetDirectories(_folder["tensorboard"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_table_gets_a_column_for_a_value_that_comes_later_and_an_empty_cell_for_what_is_no_number()
    {
        using (var files = Open(MetricFormats.Csv))
        {
            Write(files, "a, b", null, 1);
            files.Write(new Metric("c", 2, 0.5, new Dictionary<string, double> { ["loss"] = double.NaN, ["accuracy"] = 2 / 3.0 }));
        }
        Assert.Equal(
            [
                "job,id,kind,panel,data,stage,weak,cells,seed,step,epoch,loss,accuracy", "\"a, b\",,,,,,,,,1,0.1,0.5,",
                "c,,,,,,,,,2,0.5,,0.6666666666666666",
            ],
            File.ReadAllLines(_folder["metrics.csv"]));
    }

    [Fact]
    public void The_run_around_it_hears_of_everything_also_of_what_is_here_already()
    {
        using (var files = Open(MetricFormats.None)) Write(files, "weak heads", Weak, 1, 2);
        Directory.CreateDirectory(_folder["outer"]);
        using (var outer = new MetricFiles(_folder["outer"], MetricFormats.None, IMetricSink.None, Logger.None))
        using (var files = new MetricFiles(_folder.Root, MetricFormats.None, outer, Logger.None)) Write(files, "weak heads", Weak, 2, 3);
        Assert.Equal([2L, 3], JsonlMetricSink.Read(_folder["outer/metrics.jsonl"]).Select(metric => metric.Step));
    }

    private MetricFiles Open(MetricFormats formats) => new(_folder.Root, formats, IMetricSink.None, Logger.None);

    /// <summary>Losses of 0.5, 0.25, … at steps 1, 2, ….</summary>
    private static void Write(MetricFiles files, string job, MetricSource? source, params long[] steps)
    {
        foreach (var step in steps)
            files.Write(
                new Metric(job, step, step / 10.0, new Dictionary<string, double> { ["loss"] = Math.Pow(0.5, step) }) { Source = source });
    }

    private IReadOnlyList<(string Tag, long Step, float Value)> Events(string job) =>
        [.. Directory.GetFiles(_folder[$"tensorboard/{job}"]).Order().SelectMany(EventFile.Read)];
}
