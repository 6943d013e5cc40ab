using System.Buffers;
using System.Text.Json;

namespace W2S.Training;

/// <summary>
/// metrics.jsonl: one JSON object a line, `{"job":…,"id":…,"kind":…,"stage":…,"seed":…,"step":…,"epoch":…,"loss":…}`, only ever
/// appended to. A value that is no number is null. Each line is one write to the system, so a killed process loses none.
/// </summary>
public sealed class JsonlMetricSink : IMetricSink, IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();

    /// <summary>Opens or makes the file, and cuts off a last line that a power cut left unfinished.</summary>
    public JsonlMetricSink(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        _file.SetLength(EndOfLastLine());
        _file.Seek(0, SeekOrigin.End);
    }

    public void Write(Metric metric)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("job", metric.Job);
            if (metric.Source is { } source) WriteSource(json, source);
            json.WriteNumber("step", metric.Step);
            json.WriteNumber("epoch", metric.Epoch);
            foreach (var (name, value) in metric.Values)
            {
                if (double.IsFinite(value)) json.WriteNumber(name, value);
                else json.WriteNull(name);
            }
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        lock (_lock) _file.Write(line.WrittenSpan);
    }

    public void Dispose() => _file.Dispose();

    private static void WriteSource(Utf8JsonWriter json, MetricSource source)
    {
        foreach (var (name, value) in MetricSource.FieldNames.Zip(source.Fields))
        {
            if (value == null) continue;
            if (name == "seed") json.WriteNumber(name, source.Seed!.Value);
            else json.WriteString(name, value);
        }
    }

    private long EndOfLastLine()
    {
        for (var end = _file.Length; end > 0; end--)
        {
            _file.Position = end - 1;
            if (_file.ReadByte() == '\n') return end;
        }
        return 0;
    }
}
