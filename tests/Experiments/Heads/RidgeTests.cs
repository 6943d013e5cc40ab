using W2S.Data;

namespace W2S.Experiments;

public class RidgeTests
{
    [Theory]
    [InlineData(60, 5, 0.5)]
    [InlineData(60, 20, 2)]
    [InlineData(30, 29, 0.1)]
    public void The_head_is_the_ridge_of_least_cross_validation_on_standardised_features(int count, int width, double noise)
    {
        var examples = HeadExamples.Draw(count, width, noise);
        int[] rows = [.. Enumerable.Range(3, count - 3)];
        var predictions = examples.Predict(examples.Fit(HeadExamples.Ridge, [3..count]));
        var strengths = Enumerable.Range(0, 71).Select(step => Math.Pow(10, 1 - step / 10.0));
        var best = strengths.Select(share => new DensePeer(examples, examples.Labels, rows, share)).MinBy(peer => peer.CrossValidation)!;
        for (var row = 0; row < count; row++) Assert.Equal(best.Predict(examples, row), predictions[row], 1e-6);
    }

    [Fact]
    public void Labels_that_the_features_say_exactly_are_said_to_one_part_in_ten_thousand_and_no_further_than_the_least_strength_lets()
    {
        var examples = HeadExamples.Draw(200, 12, noise: 0);
        // A millionth of the widest direction is taken off the others too, whose squares are smaller.
        Assert.InRange(examples.Errors(examples.Fit(HeadExamples.Ridge, [0..150]), 150..200).RootMeanSquaredError, 5e-7, 1e-4);
    }

    [Fact]
    public void With_more_features_than_samples_the_same_features_twice_change_nothing()
    {
        var examples = HeadExamples.Draw(400, 60, noise: 0.3);
        var doubled = new HeadExamples(120, [.. Enumerable.Range(0, 400 * 120).Select(place => examples.Features[place / 120 * 60 + place % 60])], examples.Labels);
        var once = examples.Fit(HeadExamples.Ridge, [0..50]);
        foreach (var (one, other) in examples.Predict(once).Zip(doubled.Predict(doubled.Fit(HeadExamples.Ridge, [0..50])))) Assert.Equal(one, other, 1e-6);
        Assert.True(examples.Errors(once, 50..400).Explained > 0);
    }

    [Fact]
    public void Without_anything_to_learn_the_head_says_little_more_than_the_mean()
    {
        var random = new RandomStream(5, "noise");
        var examples = HeadExamples.Draw(300, 40, noise: 0) with { Labels = [.. Enumerable.Range(0, 300).Select(_ => random.NextNormal())] };
        Assert.InRange(examples.Errors(examples.Fit(HeadExamples.Ridge, [0..100]), 100..300).RootMeanSquaredError, 0.9, 1.1);
    }

    [Fact]
    public void A_unit_that_never_varies_gets_no_weight()
    {
        var examples = HeadExamples.Draw(100, 4, noise: 0.1);
        for (var row = 0; row < 100; row++) examples.Features[row * 4 + 2] = 0.7f;
        var head = (DoubleHeads)examples.Fit(HeadExamples.Ridge, [0..100]);
        Assert.Equal(0, head.Weights(0)[2]);
        foreach (var unit in (int[])[0, 1, 3]) Assert.NotEqual(0, head.Weights(0)[unit]);
    }

    [Fact]
    public void What_is_no_number_is_refused_with_the_cell()
    {
        var examples = HeadExamples.Draw(20, 3, noise: 1);
        examples.Labels[4] = double.NaN;
        Assert.Contains("cell 0 of Drawn", Assert.Throws<UserErrorException>(() => examples.Fit(HeadExamples.Ridge, [0..20])).Message);
    }

    /// <summary>Ridge and its hat matrix by elimination on the normal equations, as in a textbook.</summary>
    private sealed class DensePeer
    {
        private readonly double[] _means, _spreads, _weights;
        private readonly double _labelMean;

        /// <param name="share">Strength as a share of the greatest eigenvalue of XᵀX.</param>
        public DensePeer(HeadExamples features, double[] labels, int[] rows, double share)
        {
            var width = features.Width;
            (_means, _spreads) = (new double[width], new double[width]);
            for (var unit = 0; unit < width; unit++)
            {
                _means[unit] = rows.Average(row => (double)features.Features[row * width + unit]);
                _spreads[unit] = Math.Sqrt(rows.Average(row => Math.Pow(features.Features[row * width + unit] - _means[unit], 2)));
            }
            _labelMean = rows.Average(row => labels[row]);
            var gram = new double[width, width];
            var products = new double[width];
            foreach (var row in rows)
            {
                var x = Inputs(features, row);
                for (var i = 0; i < width; i++)
                {
                    products[i] += x[i] * (labels[row] - _labelMean);
                    for (var j = 0; j < width; j++) gram[i, j] += x[i] * x[j];
                }
            }
            var strength = share * GreatestEigenvalue(gram);
            var inverse = Inverse(gram, strength);
            _weights = [.. Enumerable.Range(0, width).Select(i => Enumerable.Range(0, width).Sum(j => inverse[i, j] * products[j]))];
            double residual = 0, parameters = 1;
            foreach (var row in rows)
            {
                residual += Math.Pow(labels[row] - Predict(features, row), 2);
                var x = Inputs(features, row);
                for (var i = 0; i < width; i++) for (var j = 0; j < width; j++) parameters += x[i] * inverse[i, j] * x[j];
            }
            CrossValidation = parameters > 0.9 * rows.Length ? double.PositiveInfinity : residual / Math.Pow(rows.Length - parameters, 2);
        }

        public double CrossValidation { get; }

        public double Predict(HeadExamples features, int row) => _labelMean + Inputs(features, row).Zip(_weights, (x, w) => x * w).Sum();

        private double[] Inputs(HeadExamples features, int row) =>
            [.. Enumerable.Range(0, features.Width).Select(unit => (features.Features[row * features.Width + unit] - _means[unit]) / _spreads[unit])];

        private static double GreatestEigenvalue(double[,] matrix)
        {
            var size = matrix.GetLength(0);
            var vector = Enumerable.Range(0, size).Select(i => 1.0 + 0.1 * i).ToArray();
            var length = 0.0;
            for (var turn = 0; turn < 300; turn++)
            {
                var next = Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Sum(j => matrix[i, j] * vector[j])).ToArray();
                length = Math.Sqrt(next.Sum(value => value * value));
                vector = [.. next.Select(value => value / length)];
            }
            return length;
        }

        private static double[,] Inverse(double[,] gram, double strength)
        {
            var size = gram.GetLength(0);
            var work = new double[size, 2 * size];
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++) work[i, j] = gram[i, j] + (i == j ? strength : 0);
                work[i, size + i] = 1;
            }
            for (var pivot = 0; pivot < size; pivot++)
            {
                var divisor = work[pivot, pivot];
                for (var j = 0; j < 2 * size; j++) work[pivot, j] /= divisor;
                for (var i = 0; i < size; i++)
                {
                    if (i == pivot) continue;
                    var factor = work[i, pivot];
                    for (var j = 0; j < 2 * size; j++) work[i, j] -= factor * work[pivot, j];
                }
            }
            var inverse = new double[size, size];
            for (var i = 0; i < size; i++) for (var j = 0; j < size; j++) inverse[i, j] = work[i, size + j];
            return inverse;
        }
    }
}
