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

    /// <summary>
    /// Every metric in the order of the file, but each step of a job once: the line that was written last wins. A value that
    /// was no number is NaN. A last line that a power cut left unfinished does not count; without a file there is nothing.
    /// </summary>
    /// <exception cref="UserErrorException">The file cannot be opened, or a line of it is no metric.</exception>
    public static IReadOnlyList<Metric> Read(string path)
    {
        if (!File.Exists(path)) return [];
        var metrics = new OrderedDictionary<(string Job, long Step), Metric>();
        var lines = ReadText(path).Split('\n');
        for (var line = 0; line < lines.Length - 1; line++)
        {
            try
            {
                var metric = Parse(lines[line]);
                metrics[(metric.Key, metric.Step)] = metric;
            }
            catch (Exception error) when (
                error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
            {
                throw new UserErrorException(
                    $"{path}, line {line + 1} is no metric: \"{lines[line]}\". The file was edited; remove that line, or run again with "
                    + "--force to write it anew.");
            }
        }
        return [.. metrics.Values];
    }

    private static string ReadText(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be opened: {error.Message}");
        }
    }

    private static Metric Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var values = root.EnumerateObject()
            .Where(property => property.Name is not ("job" or "step" or "epoch") && !MetricSource.FieldNames.Contains(property.Name))
            .ToDictionary(
                property => property.Name,
                property => property.Value.ValueKind == JsonValueKind.Null ? double.NaN : property.Value.GetDouble());
        var job = root.GetProperty("job").GetString() ?? throw new JsonException();
        return new Metric(job, root.GetProperty("step").GetInt64(), root.GetProperty("epoch").GetDouble(), values)
        {
            Source = Source(root),
        };
    }

    /// <summary>Null where the job was not described.</summary>
    private static MetricSource? Source(JsonElement root)
    {
        return Text("id") is not { } id ? null : new MetricSource(id, Text("kind") ?? "")
        {
            Panel = Text("panel"),
            Data = Text("data"),
            Stage = Text("stage"),
            Weak = Text("weak"),
            Cells = Text("cells"),
            Seed = root.TryGetProperty("seed", out var seed) ? seed.GetInt64() : null,
        };

        string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
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
