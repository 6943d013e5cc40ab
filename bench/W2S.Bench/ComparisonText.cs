using System.Text.Json;

namespace W2S.Bench;

/// <summary>The comparison for people and for programs.</summary>
internal static class ComparisonText
{
    public static void Print(PeerComparison comparison, double peak, int rounds, TextWriter to)
    {
        to.WriteLine($"{comparison.Engine}, one core, peak {peak:F0} GFLOP/s (multiply-adds on registers alone); {rounds} alternating rounds: median (least … most)");
        to.WriteLine($"{"",-38} {"W2S",-28} {"PyTorch, one thread",-30} {"ratio",7} {"of peak",8}");
        foreach (var row in comparison.Rows)
        {
            var peer = row.Peer.Count > 0 ? Times(row.Peer, row.Unit) : "not timed";
            to.WriteLine($"{row.Name,-38} {Times(row.W2S, row.Unit),-28} {peer,-30} {row.Ratio,7:F0} {row.FractionOf(peak),8:P0}");
        }
        to.WriteLine();
        to.WriteLine("PyTorch runs the authors' loop (bench/peers/notebook.py), which computes the frozen features anew in every step of a head;");
        to.WriteLine("\"computed\" is the number of Figure 2b's steps times the time of each, for both sides.");
    }

    public static void PrintJson(PeerComparison comparison, double peak, TextWriter to) =>
        to.WriteLine(JsonSerializer.Serialize(
            new
            {
                engine = comparison.Engine,
                peak_gflops = peak,
                rows = comparison.Rows.Select(row => new
                {
                    name = row.Name,
                    unit = row.Unit,
                    w2s = Numbers(row.W2S),
                    pytorch = row.Peer.Count > 0 ? Numbers(row.Peer) : null,
                    ratio = row.Ratio,
                    fraction_of_peak = row.FractionOf(peak),
                }),
            },
            new JsonSerializerOptions { WriteIndented = true }));

    private static object Numbers(IReadOnlyList<double> rounds)
    {
        var spread = Spread.Of(rounds);
        return new { median = spread.Median, least = spread.Least, most = spread.Most, rounds };
    }

    private static string Times(IReadOnlyList<double> rounds, string unit)
    {
        var spread = Spread.Of(rounds);
        return $"{Digits(spread.Median)} {unit} ({Digits(spread.Least)} … {Digits(spread.Most)})";
    }

    /// <summary>Three digits, or all of those before the point.</summary>
    private static string Digits(double time) => time.ToString(time >= 100 ? "F0" : "G3");
}
