using W2S.Data;

namespace W2S.Experiments.Tests;

/// <summary>Studies that look like real ones, without any training.</summary>
internal static class FakeStudies
{
    internal static readonly string[] PanelNames = ["fig2a", "fig2b", "fig2c", "fig3a", "fig3b", "fig3c"];

    /// <summary>The six panels for each seed: gain near misfit in fig2, near its negative in fig3.</summary>
    internal static IReadOnlyList<PanelResult> Synthetic(int tasks = 100, params long[] seeds) =>
        [.. (seeds.Length == 0 ? [0L] : seeds).SelectMany(seed => PanelNames.Select(name => Panel(name, seed, tasks)))];

    internal static PanelResult Panel(string name = "fig2b", long seed = 0, int tasks = 100, bool collapsed = false)
    {
        var random = new RandomStream(seed, name);
        var rising = name.StartsWith("fig2", StringComparison.Ordinal);
        var measures = Enumerable.Range(0, tasks).Select(task =>
        {
            var misfit = 0.03 + 0.4 * Math.Pow(random.NextDouble(), 1.5);
            var gain = (rising ? misfit : -misfit) * (1 + 0.12 * random.NextNormal()) - (collapsed ? 0.3 * misfit : 0);
            var student = 0.05 + 0.1 * random.NextDouble() + Math.Max(0, -gain);
            return new TaskResult(task, student + gain, student, 0.6 * Math.Min(student, student + gain), misfit);
        });
        var options = new StudyOptions
        {
            Name = name,
            Seed = seed,
            Title = rising ? "Pretraining: weak 2 layers, strong 8 layers" : "Swapped: weak 8 layers, strong 2 layers",
            Expectation = rising ? "on y = x" : "falls like y = −x",
        };
        RepresentationResult[] representations =
        [
            new("weak", "pretrained 8-16-16, 2 layers", 16, 630_000, 0.414, 16, 9.31, 0.93, false),
            new("strong", "pretrained 8-16-…-16, 8 layers", 16, 630_000, 0.0586, collapsed ? 1 : 15, collapsed ? 1.0 : 7.8, collapsed ? 0.21 : 0.99, collapsed),
        ];
        return new PanelResult(options, "fused (AVX-512)", representations, [.. measures], 1.5 + random.NextDouble());
    }
}
