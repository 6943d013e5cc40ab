using System.Globalization;

namespace W2S.Training;

/// <summary>
/// metrics.csv: a row for each metric, a column for each field of its source and for each value that any has; what a row has
/// not, or is no finite number, is an empty cell. A value with a new name writes the file anew, with one more column.
/// </summary>
public sealed class CsvMetricSink : IMetricSink
{
    private readonly string _path;
    private readonly List<string> _values = [];
    private readonly List<Metric> _metrics = [];

    /// <summary>Begins the file anew.</summary>
    public CsvMetricSink(string path)
    {
        _path = path;
        AtomicFile.WriteAllText(path, Row(Headers()));
    }

    public void Write(Metric metric)
    {
        _metrics.Add(metric);
        var unknown = metric.Values.Keys.Except(_values).ToList();
        _values.AddRange(unknown);
        if (unknown.Count == 0) File.AppendAllText(_path, Row(Cells(metric)));
        else AtomicFile.WriteAllText(_path, Row(Headers()) + string.Concat(_metrics.Select(written => Row(Cells(written)))));
    }

    private IEnumerable<string> Headers() => ["job", .. MetricSource.FieldNames, "step", "epoch", .. _values];

    private IEnumerable<string> Cells(Metric metric) =>
    [
        metric.Job, .. MetricSource.FieldNames.Select((_, field) => metric.Source?.Fields[field] ?? ""),
        metric.Step.ToString(CultureInfo.InvariantCulture), Number(metric.Epoch),
        .. _values.Select(name => metric.Values.TryGetValue(name, out var value) ? Number(value) : ""),
    ];

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Row(IEnumerable<string> cells) => CsvTable.Write([[.. cells]]);
}
