using W2S.Reporting.Tables;

namespace W2S.Experiments;

public class WeakModelChoiceTests
{
    [Fact]
    public void Rank_correlation_by_hand()
    {
        Assert.Equal(1, GainOnMisfit.OfRanks([1, 2, 3], [10, 11, 500])!.Value, 1e-12);
        Assert.Equal(-1, GainOnMisfit.OfRanks([1, 2, 3], [3, 2, -7])!.Value, 1e-12);
        // 1 − 6 Σd² / n(n² − 1) with d = 0, 1, −1, 0.
        Assert.Equal(1 - 6 * 2 / 60.0, GainOnMisfit.OfRanks([1, 2, 3, 4], [1, 3, 2, 4])!.Value, 1e-12);
        Assert.Null(GainOnMisfit.OfRanks([1, 1, 1], [1, 2, 3]));
        Assert.Null(GainOnMisfit.OfRanks([1], [1]));
    }

    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks()
    {
        Assert.Equal([1, 2.5, 2.5, 4], GainOnMisfit.Ranks([3, 5, 5, 9]));
        // Pearson's of (1, 2.5, 2.5, 4) and (1, 2, 3, 4): 4.5 / √(4.5 · 5).
        Assert.Equal(4.5 / Math.Sqrt(22.5), GainOnMisfit.OfRanks([3, 5, 5, 9], [1, 2, 3, 4])!.Value, 1e-12);
    }

    [Fact]
    public void The_papers_own_table_has_a_rank_correlation_of_0_929_and_its_pick_is_the_best()
    {
        var paper = WeakModelTables.Paper.Of("lipop")!;
        Assert.Equal(0.929, GainOnMisfit.OfRanks([.. paper.Select(row => row.WeakMinusMisfit.Mean)], [.. paper.Select(row => row.StudentError.Mean)])!.Value, 5e-4);
        var choice = WeakModelChoice.Of([.. paper.Select(row => Panel($"weak-{row.Hidden}", row.Hidden, row.StudentError.Mean, row.WeakMinusMisfit.Mean))]);
        Assert.True(choice.PickWasBest);
        Assert.Equal("weak-96", choice.Pick.Weak);
        Assert.Equal([96, 48, 24, 64, 32, 16, 12, 8], choice.Rows.Select(row => row.Width));
        Assert.Null(WeakModelTables.Paper.Of("esol"));
    }

    [Fact]
    public void Means_and_deviations_over_splits_by_hand_and_the_place_of_a_wrong_pick()
    {
        var choice = WeakModelChoice.Of([Panel("a", 1, 3, 1, 2, 3), Panel("b", 2, 2.5, 4, 4, 4), Panel("c", 3, 1, 9, 9, 9)]);
        Assert.Equal((2, 1), (choice.Rows[0].WeakMinusMisfit.Mean, choice.Rows[0].WeakMinusMisfit.StandardDeviation!.Value));
        Assert.Equal(("a", "c", 3, false), (choice.Pick.Weak, choice.Best.Weak, choice.PickRank, choice.PickWasBest));
        Assert.Equal(-1, choice.Correlation!.Value, 1e-12);
    }

    /// <param name="bounds">Weak error − misfit in each split.</param>
    private static PanelResult Panel(string weak, int width, double student, params double[] bounds) => new(
        new Study { Data = ["lipop"] }, "Lipop", "", "", [], [new PanelResult.Representation("weak", weak, "", width, "", 0, null, null, null, null, false)],
        [.. bounds.Select((bound, split) => new CellResult(split, bound + 0.5, student, 0, 0.5))], 0);
}
