using W2S.Data;
using W2S.Experiments;
using W2S.Reporting.Plots;

namespace W2S.Reporting;

/// <summary>Studies that look like real ones, without any training.</summary>
internal static class FakeStudies
{
    internal static readonly string[] PanelNames = ["fig2a", "fig2b", "fig2c", "fig3a", "fig3b", "fig3c"];

    /// <summary>The six panels for each seed: gain near misfit in fig2, near its negative in fig3.</summary>
    internal static IReadOnlyList<PanelResult> Synthetic(int tasks = 100, params long[] seeds) =>
        [.. (seeds.Length == 0 ? [0L] : seeds).SelectMany(seed => PanelNames.Select(name => Panel(name, seed, tasks)))];

    /// <summary>A study's report, without training.</summary>
    internal static string Page(IReadOnlyList<PanelResult> panels, ReportContext context, double? seconds = null, params IReadOnlyList<LossPlot.Curve> losses) =>
        ReportPage.Write(new Result(Result.StudyStage, panels) { Seconds = seconds }, losses, context);

    internal static PanelResult Panel(string name = "fig2b", long seed = 0, int tasks = 100, bool collapsed = false)
    {
        var random = new RandomStream(seed, name);
        var rising = name.StartsWith("fig2", StringComparison.Ordinal);
        var measures = Enumerable.Range(0, tasks).Select(task =>
        {
            var misfit = 0.03 + 0.4 * Math.Pow(random.NextDouble(), 1.5);
            var gain = (rising ? misfit : -misfit) * (1 + 0.12 * random.NextNormal()) - (collapsed ? 0.3 * misfit : 0);
            var student = 0.05 + 0.1 * random.NextDouble() + Math.Max(0, -gain);
            return new CellResult(task, student + gain, student, 0.6 * Math.Min(student, student + gain), misfit);
        });
        var options = new Study
        {
            Name = name,
            Seed = seed,
            Title = rising ? "Pretraining: weak 2 layers, strong 8 layers" : "Swapped: weak 8 layers, strong 2 layers",
            Expectation = rising ? "on y = x" : "falls like y = −x",
        };
        PanelResult.Representation[] representations =
        [
            new("weak", "mlp-2x16", "pretrained 8-16-16, 2 layers", 16, "aa", 630_000, 0.414, 16, 9.31, 0.93, false),
            new("strong", "mlp-8x16", "pretrained 8-16-…-16, 8 layers", 16, "bb", 630_000, 0.0586, collapsed ? 1 : 15, collapsed ? 1.0 : 7.8, collapsed ? 0.21 : 0.99, collapsed),
        ];
        return new PanelResult(options, "Gaussian tasks", "of no unit", "fused (AVX-512)", new() { ["weak"] = 2000 }, representations, [.. measures], 1.5 + random.NextDouble());
    }

    /// <summary>A table's panels, one for each weak model of a width, on three splits: the weak error falls with the width, from 1.08 to 0.2 at width 96; the ceiling is 0.3.</summary>
    internal static IReadOnlyList<PanelResult> Table(string data, params int[] widths) =>
    [
        .. widths.Select(width => new PanelResult(
            new Study { Name = "table1", Data = [data], Protocol = Dataset.Protocol.Train, Expectation = "", Heads = new HeadOptions { Solver = HeadSolver.Ridge } },
            data switch { "lipop" => "Lipop", "esol" => "ESOL", _ => "FreeSolv" }, "of a unit", "fused (AVX-512)", new() { ["weak"] = 80, ["valid"] = 10, ["test"] = 10 },
            [Representation("weak", $"weak-{width}", width), Representation("strong", "strong", 128)],
            [.. new[] { 122, 123, 124 }.Select(split => new CellResult(split, 1.16 - width / 100.0, 1 - width / 200.0, 0.3, 0.1 + split / 1000.0, new()
            {
                ["weak_valid_mse"] = 4, ["weak_valid_rmse"] = 2, ["weak_valid_mae"] = 1, ["weak_valid_r2"] = 0.5, ["weak_test_mse"] = 1.16 - width / 100.0,
            }))],
            Seconds: 1)),
    ];

    private static PanelResult.Representation Representation(string role, string name, int width) => new(role, name, "a transformer", width, "0123456789abcdef01", 0, null, null, null, 0.5, false);
}
