using Serilog;

namespace W2S.Training;

/// <summary>Further files of metrics that a run keeps beside metrics.jsonl.</summary>
[Flags]
public enum MetricFormats
{
    None = 0,

    /// <summary>metrics.csv.</summary>
    Csv = 1,

    /// <summary>tensorboard/: event files, a folder for each job.</summary>
    TensorBoard = 2,
}

/// <summary>
/// The metrics of a run's folder: metrics.jsonl, and the other formats, which are made of it. A run that is continued writes again
/// what it trains again since its last checkpoint; a step that is in the files already is not repeated.
/// </summary>
internal sealed class MetricFiles : IMetricSink, IDisposable
{
    public const string JsonLines = "metrics.jsonl", Csv = "metrics.csv", TensorBoard = "tensorboard";

    private readonly JsonlMetricSink _lines;
    private readonly FanOut _sinks, _outer;
    private readonly Dictionary<string, long> _lastSteps = [];
    private readonly Lock _lock = new();

    /// <summary>Opens or makes the files; formats asked for the first time get what metrics.jsonl has.</summary>
    /// <param name="outer">Gets everything: the files of a run that this one is part of.</param>
    /// <exception cref="W2S.Data.UserErrorException">metrics.jsonl was edited.</exception>
    public MetricFiles(string folder, MetricFormats formats, IMetricSink outer, ILogger log)
    {
        var lines = Path.Combine(folder, JsonLines);
        _lines = new JsonlMetricSink(lines);
        var earlier = JsonlMetricSink.Read(lines);
        List<IMetricSink> further = [];
        if (formats.HasFlag(MetricFormats.Csv)) further.Add(new CsvMetricSink(Path.Combine(folder, Csv)));
        if (formats.HasFlag(MetricFormats.TensorBoard)) further.Add(new TensorBoardSink(Path.Combine(folder, TensorBoard)));
        var made = new FanOut(further, log);
        foreach (var metric in earlier)
        {
            made.Write(metric);
            _lastSteps[metric.Key] = metric.Step;
        }
        _sinks = new FanOut([_lines, made], log);
        _outer = new FanOut([outer], log);
    }

    public void Write(Metric metric)
    {
        _outer.Write(metric);
        lock (_lock)
        {
            if (_lastSteps.TryGetValue(metric.Key, out var last) && metric.Step <= last) return;
            _lastSteps[metric.Key] = metric.Step;
            _sinks.Write(metric);
        }
    }

    public void Dispose() => _lines.Dispose();

    /// <summary>
    /// Writes every metric to several sinks. One that fails is dropped with a warning: a full disk under a log must not stop training.
    /// </summary>
    internal sealed class FanOut(IEnumerable<IMetricSink> sinks, ILogger log) : IMetricSink
    {
        private readonly List<IMetricSink> _sinks = [.. sinks];
        private readonly Lock _lock = new();

        public void Write(Metric metric)
        {
            lock (_lock) _sinks.RemoveAll(sink => Fails(sink, metric));
        }

        private bool Fails(IMetricSink sink, Metric metric)
        {
            try
            {
                sink.Write(metric);
                return false;
            }
            catch (Exception error)
            {
                log.Warning("{Sink} failed and gets no more metrics; training goes on: {Error}", sink.GetType().Name, error.Message);
                return true;
            }
        }
    }
}
