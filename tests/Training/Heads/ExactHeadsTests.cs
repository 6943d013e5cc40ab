using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

public class ExactHeadsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Heads_that_made_the_labels_are_recovered(bool bias)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var width = 1 + new RandomStream(seed, "width").NextInt(30);
            var features = HeadCases.NormalFeatures(seed, 3, 40 + 10 * width, width);
            var truth = LinearHeads.Initialise(seed, "truth", 3, width, bias);

            var fitted = ExactHeads.Fit(features, truth.Predict(features), bias, threads: 1);

            for (var index = 0; index < truth.Weights.Length; index++) Assert.Equal(truth.Weights[index], fitted.Weights[index], 2e-6f);
            for (var task = 0; task < 3; task++) Assert.Equal(truth.Biases[task], fitted.Biases[task], 2e-6f);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_left_is_orthogonal_to_every_feature(bool bias)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var features = HeadCases.NormalFeatures(seed, 2, 300, 9);
            var labels = HeadCases.Curved(features);
            var residual = HeadCases.Sum(labels, Negated(ExactHeads.Fit(features, labels, bias, threads: 1).Predict(features)));
            for (var task = 0; task < 2; task++)
                for (var unit = 0; unit < 9; unit++)
                {
                    double product = 0, sum = 0;
                    for (var sample = 0; sample < 300; sample++)
                    {
                        product += (double)residual.Task(task)[sample] * features.Task(task)[sample * 9 + unit];
                        sum += residual.Task(task)[sample];
                    }
                    Assert.Equal(0, product / 300, 1e-6);
                    if (bias) Assert.Equal(0, sum / 300, 1e-6);
                }
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var features = HeadCases.NormalFeatures(1, 17, 200, 16);
        var labels = HeadCases.Curved(features);
        var one = ExactHeads.Fit(features, labels, true, threads: 1);
        var many = ExactHeads.Fit(features, labels, true, threads: 5);
        Assert.Equal(one.Weights, many.Weights);
        Assert.Equal(one.Biases, many.Biases);
    }

    [Fact]
    public void A_large_common_mean_costs_no_precision()
    {
        var features = HeadCases.NormalFeatures(3, 1, 500, 8);
        foreach (ref var value in features.Values.AsSpan()) value += 1000;
        var truth = LinearHeads.Initialise(3, "truth", 1, 8, true);
        var labels = truth.Predict(features);
        Assert.True(HeadCases.Distance(ExactHeads.Fit(features, labels, true, 1).Predict(features), labels, 0) < 1e-6);
    }

    [Fact]
    public void Constant_features_leave_the_mean_of_the_labels()
    {
        var features = new TaskSamples(1, 4, 2, [5, 0, 5, 0, 5, 0, 5, 0]);
        var heads = ExactHeads.Fit(features, new TaskSamples(1, 4, 1, [1, 2, 3, 6]), true, 1);
        Assert.Equal([0f, 0f], heads.Weights);
        Assert.Equal(3f, heads.Biases[0]);
    }

    [Fact]
    public void Dead_units_get_no_weight_and_equal_units_share_theirs()
    {
        var features = HeadCases.NormalFeatures(5, 1, 400, 4);
        for (var sample = 0; sample < 400; sample++)
        {
            features.Values[sample * 4 + 2] = 0;
            features.Values[sample * 4 + 3] = features.Values[sample * 4 + 1];
        }
        var truth = LinearHeads.Initialise(5, "truth", 1, 4, true);
        var heads = ExactHeads.Fit(features, truth.Predict(features), true, 1);
        Assert.Equal(0f, heads.Weights[2]);
        Assert.Equal(heads.Weights[1], heads.Weights[3], 1e-6f);
        Assert.Equal(truth.Weights[1] + truth.Weights[3], heads.Weights[1] + heads.Weights[3], 1e-5f);
    }

    /// <remarks>
    /// Two features that are orthogonal in the sample: one alternates between 1 and −1, the other every two samples between ± its
    /// spread.
    /// </remarks>
    [Theory]
    [InlineData(100, 0.0198, false)]
    [InlineData(100, 0.0202, true)]
    [InlineData(2000, 0.00099, false)]
    [InlineData(2000, 0.00101, true)]
    public void A_direction_counts_from_two_nths_of_the_widest_ones_spread(int samples, float spread, bool counts)
    {
        var features = new TaskSamples(1, samples, 2);
        var labels = new TaskSamples(1, samples, 1);
        for (var sample = 0; sample < samples; sample++)
        {
            var (wide, narrow) = (sample % 2 == 0 ? 1 : -1, sample % 4 < 2 ? 1 : -1);
            features.Task(0)[2 * sample] = wide;
            features.Task(0)[2 * sample + 1] = spread * narrow;
            labels.Task(0)[sample] = wide + narrow;
        }
        var weights = ExactHeads.Fit(features, labels, hasBias: true, threads: 1).Weight(0);
        Assert.Equal(1, weights[0], 1e-5f);
        Assert.Equal(counts ? 1 : 0, weights[1] * spread, 1e-5f);
    }

    [Fact]
    public void One_sample_gives_its_label()
    {
        var heads = ExactHeads.Fit(new TaskSamples(1, 1, 2, [3, 4]), new TaskSamples(1, 1, 1, [7]), true, 1);
        Assert.Equal(7f, heads.Predict(new TaskSamples(1, 1, 2, [3, 4])).Values[0]);
    }

    [Fact]
    public void Labels_of_another_shape_and_values_that_are_not_finite_are_refused()
    {
        var features = HeadCases.NormalFeatures(1, 2, 10, 3);
        Assert.Throws<ArgumentException>(() => ExactHeads.Fit(features, new TaskSamples(2, 9, 1), true, 1));
        features.Values[35] = float.NaN;
        var error = Assert.Throws<ArgumentException>(() => ExactHeads.Fit(features, new TaskSamples(2, 10, 1), true, 1));
        Assert.Contains("task 1", error.Message);
    }

    private static TaskSamples Negated(TaskSamples samples) =>
        new(samples.Tasks, samples.Samples, samples.Width, [.. samples.Values.Select(value => -value)]);
}
