using W2S.Data;

namespace W2S.Experiments.Tests;

public class FeatureHealthTests
{
    [Fact]
    public void Independent_units_of_one_spread_use_the_whole_width()
    {
        var health = FeatureHealth.Of(TaskSamples.Gaussian(1, "features", 10, 2000, 12, 3));
        Assert.Equal(12, health.AliveUnits);
        Assert.Equal(12, health.EffectiveRank, 0.05);
    }

    [Fact]
    public void Copies_of_one_unit_are_one_direction()
    {
        var features = TaskSamples.Gaussian(2, "features", 1, 500, 6, 1);
        for (var sample = 0; sample < 500; sample++)
            for (var unit = 1; unit < 6; unit++)
                features.Values[sample * 6 + unit] = (unit - 3) * features.Values[sample * 6] + 5;
        var health = FeatureHealth.Of(features);
        Assert.Equal(5, health.AliveUnits); // unit 3 is constant
        Assert.Equal(1, health.EffectiveRank, 1e-9);
    }

    [Fact]
    public void Nothing_alive_has_rank_zero()
    {
        Assert.Equal(new FeatureHealth(0, 0), FeatureHealth.Of(new TaskSamples(2, 3, 4)));
    }

    [Theory]
    [InlineData(3.0, 0.92, false)]
    [InlineData(1.31, 0.92, false)] // of low rank, but so is what it represents
    [InlineData(1.04, 0.92, true)]
    [InlineData(1.06, 0.92, false)]
    [InlineData(3.0, 0.29, true)]
    [InlineData(3.0, 0.31, false)]
    [InlineData(1.0, 0.39, true)]   // one unit alive
    [InlineData(0, 0, true)]        // none alive
    [InlineData(1.28, 0.17, true)]  // varied, but not with the tasks
    [InlineData(3.0, double.NaN, true)]
    public void A_representation_of_one_direction_or_of_nothing_in_the_tasks_has_collapsed(double effectiveRank, double explained, bool collapsed)
    {
        Assert.Equal(collapsed, new FeatureHealth(16, effectiveRank).IsCollapsed(explained));
    }

    [Fact]
    public void Rank_does_not_change_with_scale_or_the_order_of_units()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var features = TaskSamples.Gaussian(seed, "features", 1, 200, 4, 1);
            var turned = new TaskSamples(1, 200, 4);
            for (var index = 0; index < features.Values.Length; index++) features.Values[index] *= 1 + index % 4;
            for (var index = 0; index < features.Values.Length; index++) turned.Values[index ^ 3] = 1024 * features.Values[index];
            Assert.Equal(FeatureHealth.Of(features).EffectiveRank, FeatureHealth.Of(turned).EffectiveRank, 1e-9);
        }
    }

    [Fact]
    public void Labels_explain_themselves_and_their_mean_explains_nothing()
    {
        var labels = new Targets(2, 2, 1, [1, 3, 10, 14]);
        Assert.Equal(1, FeatureHealth.Explained(labels, labels));
        Assert.Equal(0, FeatureHealth.Explained(new Targets(2, 2, 1, [2, 2, 12, 12]), labels));
        Assert.Equal(1 - 5.0 / 10, FeatureHealth.Explained(new Targets(2, 2, 1, [1, 3, 11, 12]), labels), 12);
        Assert.Equal(0, FeatureHealth.Explained(labels, new Targets(2, 2, 1, [5, 5, 5, 5])));
    }
}
