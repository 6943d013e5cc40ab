using System.Globalization;
using System.Text.Json;

namespace W2S.Bench;

/// <summary>Lines of the table that belong together.</summary>
internal sealed record ComparisonSection(string Title, IReadOnlyList<Comparison> Rows);

/// <summary>What a comparison found, for people and for programs.</summary>
/// <param name="Differences">The greatest relative difference of a loss from the fused engine's, by program.</param>
internal sealed record ComparisonReport(
    string Fused, string TorchSharp, string PyTorch, double Peak, int Rounds, double? LoadBefore, double? LoadAfter,
    IReadOnlyDictionary<string, double> Differences, IReadOnlyList<ComparisonSection> Sections)
{
    private const string Columns = "{0,-36}{1,9}{2,9}{3,10}{4,8}{5,11}{6,9}{7,9}{8,11}{9,6}";

    /// <summary>At most 120 columns wide.</summary>
    public void WriteTable(TextWriter writer)
    {
        writer.Write(Text($"{Processors.Description}, peak of one {Peak / 1e9:F0} GFLOP/s; "));
        writer.WriteLine(Text($"load {LoadBefore:F1} before, {LoadAfter:F1} after; {Rounds} rounds"));
        writer.WriteLine($"{Fused}; {TorchSharp}; PyTorch: {PyTorch}; one thread each");
        writer.WriteLine($"first losses differ from W2S's by at most "
            + $"{string.Join(", ", Differences.Select(one => Text($"{one.Value:0.0e+0} ({one.Key})")))}");
        writer.WriteLine(
            "medians, of processor time but for whole runs; * computed from timed steps; ratio to W2S: by medians/by least times;");
        writer.WriteLine("peak: the share that W2S's operations get of it at the least time");
        writer.WriteLine();
        writer.WriteLine(Line("", "W2S", "least", "W2S torch", "ratio", "TorchSharp", "ratio", "PyTorch", "ratio", "peak"));
        foreach (var section in Sections.Where(section => section.Rows.Count > 0))
        {
            writer.WriteLine($"── {section.Title}");
            foreach (var row in section.Rows) writer.WriteLine(Line(row));
        }
    }

    public void WriteJson(TextWriter writer) => writer.WriteLine(JsonSerializer.Serialize(
        new
        {
            machine = Processors.Description,
            fused = Fused,
            torch_sharp = TorchSharp,
            py_torch = PyTorch,
            peak_operations_per_second = Peak,
            rounds = Rounds,
            load_before = LoadBefore,
            load_after = LoadAfter,
            loss_differences = Differences,
            sections = Sections.Select(section => new { title = section.Title, rows = section.Rows.Select(Json) }),
        },
        new JsonSerializerOptions { WriteIndented = true }));

    private static string Line(Comparison row) => Line(
        row.Name, Times.Format(row.W2S.Median), Times.Format(row.W2S.Least),
        Median(row.Torch), Ratio(row.Torch, row), Median(row.TorchSharp, row.IsComputed), Ratio(row.TorchSharp, row),
        Median(row.PyTorch, row.IsComputed), Ratio(row.PyTorch, row), row.ShareOfPeak is { } share ? Text($"{share:P0}") : "");

    private static string Line(params object[] cells) => string.Format(CultureInfo.InvariantCulture, Columns, cells).TrimEnd();

    private static string Median(Times times, bool isComputed = false) =>
        times.Count == 0 ? "—" : Times.Format(times.Median) + (isComputed ? "*" : "");

    /// <summary>
    /// How many times longer than W2S, by medians and by the least times, which other work on the machine disturbs least.
    /// </summary>
    private static string Ratio(Times times, Comparison row) =>
        times.Count == 0 ? "" : $"{Short(times.Median / row.W2S.Median)}/{Short(times.Least / row.W2S.Least)}";

    private static string Short(double ratio) => ratio.ToString(ratio < 10 ? "F1" : "F0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static object Json(Comparison row) => new
    {
        name = row.Name,
        operations = row.Operations,
        share_of_peak = row.ShareOfPeak,
        peers_computed = row.IsComputed,
        w2s = Json(row.W2S, row),
        w2s_torch = Json(row.Torch, row),
        torch_sharp = Json(row.TorchSharp, row),
        py_torch = Json(row.PyTorch, row),
    };

    private static object? Json(Times times, Comparison row) => times.Count == 0 ? null : new
    {
        median_seconds = times.Median,
        least_seconds = times.Least,
        most_seconds = times.Most,
        count = times.Count,
        ratio = times.Median / row.W2S.Median,
        ratio_of_least = times.Least / row.W2S.Least,
    };
}
