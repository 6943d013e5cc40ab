using W2S.Data;

namespace W2S.Training.Tests;

public partial class NewtonHeadsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Heads_that_made_the_labels_are_recovered(bool hasBias)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new RandomStream(seed, "shape");
            var (width, classes) = (1 + random.NextInt(20), 2 + random.NextInt(6));
            var features = SoftmaxCases.Normal(seed, "features", 500 * width);
            var truth = SoftmaxCases.Head(seed, "truth", width, classes, hasBias: hasBias);
            var labels = truth.Predict(features);

            var fit = NewtonHeads.Fit(features, labels, 500, hasBias);

            Assert.True(fit.Converged && !fit.Separated && fit.Steps < 15, $"{fit}");
            Assert.True(fit.GradientNorm < 1e-13, $"{fit.GradientNorm}");
            Equal(labels, fit.Head.Predict(features), 1e-11);
            // The truth itself, but for what all classes have in common.
            for (var unit = 0; unit < width; unit++)
            {
                var common = Enumerable.Range(0, classes).Average(label => truth.Weight(label)[unit]);
                for (var label = 0; label < classes; label++)
                    Assert.Equal(truth.Weight(label)[unit] - common, fit.Head.Weight(label)[unit], 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(true, 0, false)]
    [InlineData(false, 0, false)]
    [InlineData(true, 0.03, false)]
    [InlineData(false, 2, false)]
    [InlineData(true, 0, true)]
    [InlineData(false, 0.001, true)]
    public void The_gradient_vanishes_on_the_features_as_they_are(bool hasBias, double ridge, bool hard)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (features, labels) = Example(seed, 400, 7, 4, hard);
            foreach (var (scale, offset) in (ReadOnlySpan<(double, double)>)[(1, 0), (1e-12, 0), (1e12, 0), (1, 1e6)])
            {
                if (offset > 0 && !hasBias) continue; // without a bias an offset is another problem, which the next test has
                double[] moved = [.. features.Select(value => scale * value + offset)];
                var fit = NewtonHeads.Fit(moved, labels, 400, hasBias, new NewtonHeads.Options { Ridge = ridge * scale * scale });
                Assert.True(fit.Converged && !fit.Separated, $"{fit}");
                // Logits of features with an offset of 1e6 are known to 1e-10.
                Assert.InRange(
                    SoftmaxCases.Stationarity(moved, labels, fit.Head, hasBias, ridge * scale * scale), 0, offset > 0 ? 1e-9 : 1e-13);
            }
        }
    }

    [Fact]
    public void Offset_and_scale_change_nothing_but_the_weights()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var (features, labels) = Example(seed, 300, 5, 3, hard: true);
            var expected = NewtonHeads.Fit(features, labels, 300, true).Head.Predict(features);
            foreach (var (scale, offset) in (ReadOnlySpan<(double, double)>)[(1e-12, 1e-7), (1e12, -3e13), (1, 1e6), (-3, 0)])
            {
                double[] moved = [.. features.Select(value => scale * value + offset)];
                Equal(expected, NewtonHeads.Fit(moved, labels, 300, true).Head.Predict(moved), 1e-8);
            }
        }
    }

    [Fact]
    public void Dead_equal_collinear_and_constant_features_do_no_harm()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (features, labels) = Example(seed, 300, 3, 4, hard: false);
            var alone = NewtonHeads.Fit(features, labels, 300, true);
            // The same three, and: dead, equal to the first, a sum of two, constant, large and constant.
            double[] wide = [.. Enumerable.Range(0, 300).SelectMany(row => Widened(features.AsSpan(row * 3, 3)))];

            var fit = NewtonHeads.Fit(wide, labels, 300, true);

            Assert.True(fit.Converged && !fit.Separated, $"{fit}");
            Equal(alone.Head.Predict(features), fit.Head.Predict(wide), 1e-10);
            for (var label = 0; label < 4; label++)
            {
                Assert.Equal(0, fit.Head.Weight(label)[3]);
                Assert.Equal(fit.Head.Weight(label)[0], fit.Head.Weight(label)[4], 1e-10);
                Assert.Equal(0, fit.Head.Weight(label)[7], 1e-12);
            }
        }

        static double[] Widened(ReadOnlySpan<double> row) => [row[0], row[1], row[2], 0, row[0], row[1] - row[2], 7, 1e5];
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(5, 3)]
    public void Where_classes_separate_the_fit_ends_at_their_labels_and_tells(int classes, int width)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", 200 * width);
            var logits = SoftmaxCases.Head(seed, "truth", width, classes).Logits(features);
            var labels = SoftmaxCases.Hard(
                Enumerable.Range(0, 200).Select(row => IndexOfMax(logits.AsSpan(row * classes, classes))), classes);

            var fit = NewtonHeads.Fit(features, labels, 200, true);

            Assert.True(fit.Converged && fit.Separated && fit.Steps < 60, $"{fit}");
            AssertFinite(fit);
            Assert.InRange(fit.Loss, 0, 1e-8);
            Equal(labels, fit.Head.Predict(features), 1e-6);
        }
    }

    [Fact]
    public void Where_one_class_separates_from_two_that_do_not_these_are_fitted_as_without_it()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (features, labels) = Example(seed, 300, 4, 2, hard: true);
            // A third of the rows moves far away along the first feature, into a class of its own.
            double[] moved = [.. features];
            var three = new double[900];
            for (var row = 0; row < 300; row++)
            {
                if (row % 3 == 0) moved[row * 4] = 40 + features[row * 4];
                if (row % 3 == 0) three[row * 3 + 2] = 1;
                else labels.AsSpan(row * 2, 2).CopyTo(three.AsSpan(row * 3));
            }
            var fit = NewtonHeads.Fit(moved, three, 300, true);
            Assert.True(fit.Converged && fit.Separated, $"{fit}");
            AssertFinite(fit);
            int[] near = [.. Enumerable.Range(0, 300).Where(row => row % 3 != 0)];
            double[] nearFeatures = [.. near.SelectMany(row => features[(row * 4)..(row * 4 + 4)])];
            double[] nearLabels = [.. near.SelectMany(row => labels[(row * 2)..(row * 2 + 2)])];
            var alone = NewtonHeads.Fit(nearFeatures, nearLabels, near.Length, true);
            Assert.Equal(alone.Loss * near.Length / 300, fit.Loss, 1e-9);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_class_only_and_a_class_that_is_absent(bool onlyOne)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", 100 * 6);
            var random = new RandomStream(seed, "classes");
            var labels = SoftmaxCases.Hard(Enumerable.Range(0, 100).Select(_ => onlyOne ? 2 : 2 * random.NextInt(2)), 4);

            var fit = NewtonHeads.Fit(features, labels, 100, true);

            Assert.True(fit.Converged && fit.Separated, $"{fit}");
            AssertFinite(fit);
            var probabilities = fit.Head.Predict(features);
            for (var row = 0; row < 100; row++)
            {
                Assert.InRange(probabilities[row * 4 + 1] + probabilities[row * 4 + 3], 0, 1e-8);
                if (onlyOne) Assert.Equal(1, probabilities[row * 4 + 2], 1e-9);
            }
            // With the absent classes left out altogether the present ones are what they were.
            if (!onlyOne)
            {
                double[] two = [.. Enumerable.Range(0, 100).SelectMany(row => (double[])[labels[row * 4], labels[row * 4 + 2]])];
                var alone = NewtonHeads.Fit(features, two, 100, true);
                Assert.Equal(alone.Loss, fit.Loss, 1e-9);
            }
        }
    }

    /// <summary>A unit that was tiny on a few samples must not throw fresh ones about on which it is large (docs/exact-heads.md).</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void A_unit_that_the_sample_hardly_shows_moves_no_fresh_prediction(int alive)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            double[] good = SoftmaxCases.Normal(seed, "features", 1000 * 7), fresh = SoftmaxCases.Normal(seed, "fresh", 1000 * 7);
            var random = new RandomStream(seed, "extreme");
            double[] With(double[] units, int count, double size) =>
                [.. Enumerable.Range(0, 1000).SelectMany(row =>
                (double[])[.. units[(row * 7)..(row * 7 + 7)], row < count ? size * Exponential() : 0])];
            double Exponential() => -Math.Log(1 - random.NextDouble());
            double[] fitting = With(good, alive, 1e-3), later = With(fresh, 4 * alive, 10);
            var labels = SoftmaxCases.Curved(seed, good, 7, 3);

            var without = NewtonHeads.Fit(good, labels, 1000, true).Head.Predict(fresh);
            var with = NewtonHeads.Fit(fitting, labels, 1000, true).Head.Predict(later);

            Assert.InRange(SoftmaxCases.Kl(3, without, with), 0, 1e-6);
        }
    }

    [Fact]
    public void Nothing_to_fit_leaves_equal_odds_without_a_bias_and_the_mean_with_one()
    {
        double[] dead = new double[30], labels = [.. Enumerable.Repeat<double[]>([0.5, 0.25, 0.25], 10).SelectMany(row => row)];
        Assert.All(
            NewtonHeads.Fit(dead, labels, 10, hasBias: false).Head.Predict([0, 0, 0]),
            probability => Assert.Equal(1.0 / 3, probability, 1e-15));
        Equal([0.5, 0.25, 0.25], NewtonHeads.Fit(dead, labels, 10, hasBias: true).Head.Predict([0, 0, 0]), 1e-12);
    }

    [Fact]
    public void Constant_labels_leave_no_weights()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", 100 * 4);
            var fit = NewtonHeads.Fit(features, [.. Enumerable.Repeat<double[]>([0.7, 0.2, 0.1], 100).SelectMany(row => row)], 100, true);
            Assert.True(fit.Converged && !fit.Separated, $"{fit}");
            Assert.All(fit.Head.Weights, weight => Assert.Equal(0, weight, 1e-13));
            Assert.Equal(Math.Log(0.7 / 0.1), fit.Head.Biases[0] - fit.Head.Biases[2], 1e-12);
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(12, 200)]
    [InlineData(20, 50)]
    public void More_features_than_samples_are_fitted_to_every_label(int samples, int width)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", samples * width);
            var soft = SoftmaxCases.Head(seed, "any", samples, 3, 1).Predict(SoftmaxCases.Normal(seed, "others", samples * samples));
            var fit = NewtonHeads.Fit(features, soft, samples, true);
            Assert.True(fit.Converged && !fit.Separated, $"{fit}");
            Equal(soft, fit.Head.Predict(features), 1e-8);

            // One sample a class and more: separated, and still numbers.
            fit = NewtonHeads.Fit(features, SoftmaxCases.Hard(Enumerable.Range(0, samples).Select(row => row % 3), 3), samples, true);
            Assert.True(fit.Converged && fit.Separated, $"{fit}");
            AssertFinite(fit);
        }
    }

    [Fact]
    public void Tasks_are_fitted_each_alone_whatever_the_threads()
    {
        var features = TaskSamples.Gaussian(3, "features", 9, 150, 6, 1);
        var labels = new TaskSamples(9, 150, 3);
        for (var task = 0; task < 9; task++)
        {
            var soft = SoftmaxCases.Head(task, "truth", 6, 3).Predict([.. features.Task(task).ToArray().Select(value => Math.Sin(value))]);
            for (var index = 0; index < soft.Length; index++) labels.Task(task)[index] = (float)soft[index];
        }
        var one = NewtonHeads.Fit(features, labels, true, threads: 1);
        var many = NewtonHeads.Fit(features, labels, true, threads: 4);
        for (var task = 0; task < 9; task++)
        {
            Assert.Equal(one[task].Head.Weights, many[task].Head.Weights);
            Assert.Equal(one[task].Head.Biases, many[task].Head.Biases);
            double[] own = [.. features.Task(task).ToArray()], ownLabels = [.. labels.Task(task).ToArray()];
            // float32 labels sum to 1 within 1e-7; what is fitted are those that do exactly.
            for (var row = 0; row < ownLabels.Length; row += 3)
            {
                var sum = ownLabels[row] + ownLabels[row + 1] + ownLabels[row + 2];
                for (var index = row; index < row + 3; index++) ownLabels[index] /= sum;
            }
            Assert.InRange(SoftmaxCases.Stationarity(own, ownLabels, one[task].Head, true), 0, 1e-13);
        }
    }

    [Fact]
    public void What_is_no_number_or_no_distribution_is_refused_with_its_place()
    {
        var (features, labels) = Example(1, 20, 3, 2, hard: false);
        Assert.Contains("row 6, column 2", Refusal([.. features[..20], double.NaN, .. features[21..]], labels));
        Assert.Contains("row 0, column 1", Refusal([features[0], double.PositiveInfinity, .. features[2..]], labels));
        Assert.Contains("row 5: column 1", Refusal(features, [.. labels[..11], double.NaN, .. labels[12..]]));
        Assert.Contains("sum to 1.2", Refusal(features, [.. labels[..10], 0.4, 0.8, .. labels[12..]]));
        Assert.Contains("no probability is negative", Refusal(features, [.. labels[..10], -0.1, 1.1, .. labels[12..]]));
        Assert.Throws<ArgumentException>(() => NewtonHeads.Fit(features, labels[..39], 20, true));
        var tasks = new TaskSamples(2, 10, 3);
        var ofTasks = new TaskSamples(2, 10, 2, [.. Enumerable.Repeat(0.5f, 40)]);
        tasks.Values[31] = float.NaN;
        var refused = Assert.Throws<ArgumentException>(() => NewtonHeads.Fit(tasks, ofTasks, true, 1));
        Assert.Contains("Task 1: The feature of row 0, column 1", refused.Message);
        Assert.Throws<ArgumentException>(() => NewtonHeads.Fit(tasks, new TaskSamples(2, 9, 2), true, 1));

        static string Refusal(double[] features, double[] labels) =>
            Assert.Throws<ArgumentException>(() => NewtonHeads.Fit(features, labels, 20, true)).Message;
    }

    private static (double[] Features, double[] Labels) Example(long seed, int samples, int width, int classes, bool hard)
    {
        var features = SoftmaxCases.Normal(seed, "features", samples * width);
        var soft = SoftmaxCases.Curved(seed, features, width, classes);
        return (features, hard ? SoftmaxCases.Drawn(seed, soft, classes) : soft);
    }

    private static int IndexOfMax(ReadOnlySpan<double> values) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(values);

    private static void AssertFinite(NewtonHeads.Outcome fit) =>
        Assert.All([.. fit.Head.Weights, .. fit.Head.Biases, fit.Loss, fit.GradientNorm], value => Assert.True(double.IsFinite(value)));

    private static void Equal(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++) Assert.Equal(expected[index], actual[index], tolerance);
    }
}
