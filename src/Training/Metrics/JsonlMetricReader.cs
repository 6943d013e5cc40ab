using System.Text.Json;
using W2S.Data;

namespace W2S.Training;

/// <summary>Reads metrics.jsonl back.</summary>
public static class JsonlMetricReader
{
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
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
            {
                throw new UserErrorException($"{path}, line {line + 1} is no metric: \"{lines[line]}\". The file was edited; remove that line, or run again with --force to write it anew.");
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
            .ToDictionary(property => property.Name, property => property.Value.ValueKind == JsonValueKind.Null ? double.NaN : property.Value.GetDouble());
        var job = root.GetProperty("job").GetString() ?? throw new JsonException();
        return new Metric(job, root.GetProperty("step").GetInt64(), root.GetProperty("epoch").GetDouble(), values) { Source = Source(root) };
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
}
