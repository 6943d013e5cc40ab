using System.Globalization;
using System.Text.Json;

namespace W2S.Bench;

/// <summary>What a comparison found, for people and for programs.</summary>
internal sealed record ComparisonReport(
    string Fused, string? Torch, string? Peer, double Peak, int Rounds, int LongRounds, double? LoadBefore, double? LoadAfter,
    IReadOnlyList<Comparison> Kernels, IReadOnlyList<Comparison> Stages, IReadOnlyList<Comparison> Panels)
{
    private const string Columns = "{0,-56} {1,9} {2,21} {3,9} {4,10} {5,21} {6,7} {7,7} {8,8}";

    public void WriteTable(TextWriter writer)
    {
        writer.WriteLine($"{Processors.Description}; {Fused}; torch engine: {Torch ?? "none"}; peer: {Peer ?? "none"}, one thread");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak of one core {Peak / 1e9:F0} GFLOP/s (multiply-adds on registers alone); load {LoadBefore:F1} before, {LoadAfter:F1} after"));
        writer.WriteLine("medians (least..most); * computed from timed steps; ratio: peer / W2S, by medians and by least times; of peak: at the least time");
        writer.WriteLine();
        writer.WriteLine(Line("", "W2S", "", "W2S torch", "PyTorch", "", "ratio", "least", "of peak"));
        foreach (var (title, rows) in new[] { ($"kernels, one core, {Rounds} rounds", Kernels), ($"stages of Figure 2b, one core, {LongRounds} rounds", Stages), ($"whole runs, {LongRounds} rounds", Panels) })
        {
            writer.WriteLine($"── {title}");
            foreach (var row in rows.Where(row => row.W2S.Count > 0)) writer.WriteLine(Line(row));
        }
        writer.WriteLine();
        writer.WriteLine("The peer is the authors' loop, which takes one task after the other and computes the frozen features anew in every step of a");
        writer.WriteLine("head (bench/peers/notebook.py); \"in one bmm\" is what a careful user of PyTorch would write instead (bench/peers/timings.py).");
    }

    public void WriteJson(TextWriter writer) => writer.WriteLine(JsonSerializer.Serialize(
        new
        {
            machine = Processors.Description,
            fused = Fused,
            torch = Torch,
            peer = Peer,
            peak_operations_per_second = Peak,
            load_before = LoadBefore,
            load_after = LoadAfter,
            kernels = Kernels.Select(Json),
            stages = Stages.Select(Json),
            whole_runs = Panels.Select(Json),
        },
        new JsonSerializerOptions { WriteIndented = true }));

    private static string Line(Comparison row) => Line(
        row.Name, row.W2S.Text, row.W2S.Spread, row.Torch is { Count: > 0 } ? row.Torch.Text : "—",
        row.Peer is { Count: > 0 } ? row.Peer.Text : "—", row.Peer is { Count: > 0 } ? row.Peer.Spread : "",
        Text(row.Ratio), Text(row.LeastRatio),
        row.ShareOfPeak is { } share ? share.ToString("P0", CultureInfo.InvariantCulture) : "—");

    private static string Text(double? ratio) => ratio is { } value ? value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture) : "—";

    private static string Line(params object[] cells) => string.Format(CultureInfo.InvariantCulture, Columns, cells).TrimEnd();

    private static object Json(Comparison row) => new
    {
        name = row.Name,
        operations = row.Operations,
        w2s = Json(row.W2S),
        w2s_torch = Json(row.Torch),
        peer = Json(row.Peer),
        ratio = row.Ratio,
        ratio_of_least = row.LeastRatio,
        share_of_peak = row.ShareOfPeak,
    };

    private static object? Json(Times? times) => times is { Count: > 0 }
        ? new { median_seconds = times.Median, least_seconds = times.Least, most_seconds = times.Most, count = times.Count, computed = times.Computed }
        : null;
}
