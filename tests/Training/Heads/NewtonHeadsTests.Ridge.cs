using W2S.Data;

namespace W2S.Training.Tests;

/// <summary>Newton's method with a ridge.</summary>
public partial class NewtonHeadsTests
{
    [Theory]
    [InlineData(1e-12)]
    [InlineData(0.03)] // unit vectors of a thousand numbers
    [InlineData(1e12)]
    public void A_ridge_that_is_a_share_of_the_features_spread_does_not_know_their_scale(double scale)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var (features, labels) = Example(seed, 40, 60, 3, hard: true); // separable, of lower rank than width
            double[] moved = [.. features.Select(value => scale * value)];
            var share = new NewtonHeads.Options { RidgeShare = 0.01 };
            var expected = NewtonHeads.Fit(features, labels, 40, true, share);
            Assert.True(expected.Converged && !expected.Separated, $"{expected}");
            Equal(expected.Head.Predict(features), NewtonHeads.Fit(moved, labels, 40, true, share).Head.Predict(moved), 1e-8);

            // On features of mean square 1 about their means it is the plain ridge.
            var spread = Enumerable.Range(0, 60)
                .Average(unit => Variance([.. Enumerable.Range(0, 40).Select(row => features[row * 60 + unit])]));
            var plain = NewtonHeads.Fit(features, labels, 40, true, new NewtonHeads.Options { Ridge = 0.01 * spread });
            Equal(expected.Head.Predict(features), plain.Head.Predict(features), 1e-8);
        }

        static double Variance(double[] values) => values.Average(value => value * value) - Math.Pow(values.Average(), 2);
    }

    [Theory]
    [InlineData(1e12, 1)]
    [InlineData(1, 1e-12)]
    [InlineData(1e-12, 1e12)]
    public void A_ridge_of_any_strength_on_features_of_any_scale_converges(double ridge, double scale)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var (features, labels) = Example(seed, 200, 5, 3, hard: true);
            var fit = NewtonHeads.Fit(
                [.. features.Select(value => scale * value)], labels, 200, true, new NewtonHeads.Options { Ridge = ridge });
            Assert.True(fit.Converged && !fit.Separated, $"{fit}");
            AssertFinite(fit);
        }
    }

    [Fact]
    public void A_ridge_makes_separated_classes_finite_and_sums_weights_to_zero()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", 30 * 40);
            var labels = SoftmaxCases.Hard(Enumerable.Range(0, 30).Select(row => row % 5), 5);
            var fit = NewtonHeads.Fit(features, labels, 30, true, new NewtonHeads.Options { Ridge = 0.01 });
            Assert.True(fit.Converged && !fit.Separated, $"{fit}");
            Assert.InRange(SoftmaxCases.Stationarity(features, labels, fit.Head, true, 0.01), 0, 1e-12);
            for (var unit = 0; unit < 40; unit++) Assert.Equal(0, Enumerable.Range(0, 5).Sum(label => fit.Head.Weight(label)[unit]), 1e-13);
        }
    }
}
