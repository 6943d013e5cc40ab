using System.Text.Json;
using W2S.Runs.Plans;

namespace W2S.Runs.Results;

public class SweepReportTests
{
    [Fact]
    public void A_matrix_has_medians_over_seeds_and_counts_collapsed_runs()
    {
        var html =
            SweepReport.Matrices([Run("1", "8", 0, 0.1), Run("1", "8", 1, 0.5), Run("1", "8", 2, 0.3), Run("1", "8", 3, -9, collapsed: 1),
            Run("2", "8", 0, -0.25)]);
        foreach (var text in new[] { ">0.300<", ">−0.250<", "1 of 5 runs, those with a collapsed representation, are left out",
            "noise 0.2" }) Assert.Contains(text, html);
        Assert.DoesNotContain("−9", html);
    }

    [Fact]
    public void A_grid_without_pairs_has_none() => Assert.Equal("", SweepReport.Matrices([]));

    private static SweepSummary.Run Run(string weak, string strong, int seed, double recovered, double collapsed = 0) => new(
        new PlannedRun
        {
            Line = 1, Identity = "0", Kind = "study", Name = "study", Level = 0, After = [],
                Settings = JsonDocument.Parse("{}").RootElement,
            Varies = new Dictionary<string,
                string> { ["weak.depth"] = weak, ["strong.depth"] = strong, ["label_noise.noise"] = "0.2", ["seed"] = $"{seed}" },
        },
        new Dictionary<string, double?> { ["median_gap_recovered"] = recovered, ["gain_over_misfit"] = 1, ["collapsed"] = collapsed }, 1);
}
