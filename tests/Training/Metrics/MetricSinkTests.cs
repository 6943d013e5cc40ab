using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace W2S.Training.Tests;

public sealed class MetricSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_metric_is_one_line_of_JSON_that_is_there_at_once()
    {
        using var sink = new JsonlMetricSink(_folder["metrics.jsonl"]);
        sink.Write(Metric(1, 0.5));
        Assert.Equal("""{"job":"weak \u0022 1","step":1,"epoch":0.1,"loss":0.5}""" + "\n", Read());
        sink.Write(Metric(2, double.NaN));
        Assert.EndsWith("\n" + """{"job":"weak \u0022 1","step":2,"epoch":0.1,"loss":null}""" + "\n", Read());
    }

    [Fact]
    public void An_existing_file_is_appended_to_and_a_torn_last_line_is_cut_off()
    {
        File.WriteAllText(_folder["metrics.jsonl"], "{\"step\":1}\n{\"step\":2}\n{\"st");
        using (var sink = new JsonlMetricSink(_folder["metrics.jsonl"])) sink.Write(Metric(2, 0.5));
        Assert.StartsWith("{\"step\":1}\n{\"step\":2}\n{\"job\"", Read());
    }

    [Fact]
    public void What_was_written_is_read_back_and_of_a_step_logged_twice_the_last_line_counts()
    {
        using (var sink = new JsonlMetricSink(_folder["metrics.jsonl"]))
            foreach (var (step, loss) in new[] { (1, 0.5), (2, double.NaN), (1, 0.25) }) sink.Write(Metric(step, loss));
        File.AppendAllText(_folder["metrics.jsonl"], "{\"job\":\"to");
        var read = JsonlMetricSink.Read(_folder["metrics.jsonl"]);
        Assert.Equal([(1L, 0.25), (2L, double.NaN)], read.Select(metric => (metric.Step, metric.Values["loss"])));
        Assert.Empty(JsonlMetricSink.Read(_folder["nowhere"]));
    }

    [Fact]
    public void A_line_that_is_no_metric_is_named()
    {
        File.WriteAllText(_folder["metrics.jsonl"], """{"job":"a","step":1,"epoch":0.1,"loss":1}""" + "\nnonsense\n");
        Assert.Contains(
            "metrics.jsonl, line 2",
            Assert.Throws<W2S.Data.UserErrorException>(() => JsonlMetricSink.Read(_folder["metrics.jsonl"])).Message);
    }

    [Fact]
    public void Lines_of_several_threads_do_not_mix()
    {
        using var sink = new JsonlMetricSink(_folder["metrics.jsonl"]);
        Parallel.For(0, 500, step => sink.Write(Metric(step, step)));
        var lines = Read().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(500, lines.Distinct().Count());
        Assert.All(lines, line => Assert.Matches("^{.*}$", line));
    }

    [Fact]
    public void A_sink_that_fails_is_dropped_with_one_warning_and_the_others_go_on()
    {
        var (failing, sound, warnings) = (new FailingSink(), new CountingSink(), new Warnings());
        using var log = new LoggerConfiguration().WriteTo.Sink(warnings).CreateLogger();
        var all = new MetricFiles.FanOut([failing, sound], log);
        for (var step = 0; step < 5; step++) all.Write(Metric(step, 1));
        Assert.Equal(1, failing.Calls);
        Assert.Equal(5, sound.Calls);
        Assert.Contains("FailingSink", Assert.Single(warnings.Events).RenderMessage());
    }

    private string Read()
    {
        using var file = new FileStream(_folder["metrics.jsonl"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(file).ReadToEnd();
    }

    private static Metric Metric(long step, double loss) => new("weak \" 1", step, 0.1, new Dictionary<string, double> { ["loss"] = loss });

    private sealed class FailingSink : IMetricSink
    {
        public int Calls { get; private set; }

        public void Write(Metric metric)
        {
            Calls++;
            throw new IOException("the disk is full");
        }
    }

    private sealed class CountingSink : IMetricSink
    {
        public int Calls { get; private set; }
        public void Write(Metric metric) => Calls++;
    }

    private sealed class Warnings : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];
        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
