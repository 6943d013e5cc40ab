using W2S.Data;
using W2S.Experiments.Metrics;

namespace W2S.Experiments.Tests.Metrics;

public class MetricsTests
{
    [Fact]
    public void Auroc_is_the_share_of_pairs_in_order_ties_a_half()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new RandomStream(seed, "auroc");
            var rows = 2 + random.NextInt(40);
            // Few different scores: many ties. Labels 0, 1 and, every third seed, between.
            double[] scores = [.. Enumerable.Range(0, rows).Select(_ => random.NextInt(6) / 5.0)];
            double[] labels = [.. Enumerable.Range(0, rows).Select(row => row == 0 ? 1 : row == 1 ? 0 : seed % 3 == 0 ? random.NextDouble() : random.NextInt(2))];
            double pairs = 0, wins = 0;
            for (var one = 0; one < rows; one++)
                for (var other = 0; other < rows; other++)
                {
                    var weight = labels[one] * (1 - labels[other]);
                    pairs += weight;
                    wins += weight * (scores[one] > scores[other] ? 1 : scores[one] == scores[other] ? 0.5 : 0);
                }
            Assert.Equal(wins / pairs, ClassMetrics.AreaUnderCurve(scores, labels)!.Value, 1e-12);
        }
    }

    [Fact]
    public void Auroc_is_undefined_without_both_kinds_or_with_missing_scores()
    {
        Assert.Null(ClassMetrics.AreaUnderCurve([0.1, 0.2], [1, 1]));
        Assert.Null(ClassMetrics.AreaUnderCurve([0.1, 0.2], [0, 0]));
        Assert.Null(ClassMetrics.AreaUnderCurve([], []));
        Assert.Null(ClassMetrics.AreaUnderCurve([0.1, double.NaN, 0.3], [0, 1, 1]));
        Assert.Equal(0.5, ClassMetrics.AreaUnderCurve([0.7, 0.7, 0.7], [0, 1, 1]));
        Assert.Equal(1, ClassMetrics.AreaUnderCurve([0.1, 0.2], [0, 1]));
    }

    [Fact]
    public void Figures_of_a_few_rows_are_those_computed_by_hand()
    {
        var metrics = ClassMetrics.Of([0.7, 0.2, 0.1, 0.3, 0.3, 0.4, 0.1, 0.8, 0.1], [1, 0, 0, 1, 0, 0, 0, 1, 0], 3);
        Assert.Equal(3, metrics.Rows);
        Assert.Equal(2.0 / 3, metrics.Accuracy, 1e-15);
        Assert.Equal(-(Math.Log(0.7) + Math.Log(0.3) + Math.Log(0.8)) / 3, metrics.CrossEntropy, 1e-15);
        Assert.Equal((0.09 + 0.04 + 0.01 + 0.49 + 0.09 + 0.16 + 0.01 + 0.04 + 0.01) / 3, metrics.Brier, 1e-15);
        // Classes 0 and 1 are there: 0.7 and 0.3 above 0.1, 0.8 above 0.2 and 0.3. Class 2 is absent and left out.
        Assert.Equal(1, metrics.Auroc);
        Assert.Equal((0.3 + 0.4 + 0.2) / 3, metrics.Calibration.ExpectedError, 1e-15);
    }

    [Fact]
    public void Hard_cases_have_figures_or_none()
    {
        var certain = ClassMetrics.Of([1, 0, 0, 1], [1, 0, 1, 0], 2);
        Assert.Equal(0.5, certain.Accuracy);
        Assert.Equal(double.PositiveInfinity, certain.CrossEntropy);
        Assert.Equal(1, certain.Brier);
        Assert.Null(certain.Auroc); // one class only
        Assert.Equal(0, ClassMetrics.Of([1, 0, 0, 1], [1, 0, 0, 1], 2).CrossEntropy);
        Assert.Equal(0.25, ClassMetrics.Agreement([0.6, 0.4, 0.6, 0.4, 0.5, 0.5, 0.1, 0.9], [0.9, 0.1, 0.1, 0.9, 0.4, 0.6, 0.8, 0.2], 2));
        Assert.Throws<ArgumentException>(() => ClassMetrics.Of([0.5, 0.5], [1, 0, 1, 0], 2));
        Assert.Throws<ArgumentException>(() => ClassMetrics.Agreement([], [], 2));
    }

    [Fact]
    public void Regression_figures_are_those_computed_by_hand_and_constant_truth_explains_nothing()
    {
        var metrics = RegressionMetrics.Of([1, 5, 4], [1, 3, 5]);
        Assert.Equal(1, metrics.MeanAbsoluteError, 1e-15);
        Assert.Equal(Math.Sqrt(5.0 / 3), metrics.RootMeanSquaredError, 1e-15);
        Assert.Equal(1 - 5.0 / 8, metrics.Explained!.Value, 1e-15);
        Assert.Null(RegressionMetrics.Of([1, 2, 3], [0.1, 0.1, 0.1]).Explained);
        Assert.Throws<ArgumentException>(() => RegressionMetrics.Of([], []));
    }

    [Fact]
    public void The_gap_recovered_leaves_out_and_counts_cells_without_one()
    {
        var gaps = GapRecovered.Of([(0.5, 0.7, 0.9), (0.6, 0.9, 0.8), (0.8, 0.9, 0.8), (0.9, 0.8, 0.7), (0.5, double.NaN, 0.9), (0.5, 0.5, 0.6)]);
        Assert.Equal((0.5 + 1.5 + 0) / 3, gaps.Mean!.Value, 1e-12);
        Assert.Equal(0.5, gaps.Median!.Value, 1e-12);
        Assert.Equal((3, 3), (gaps.Defined, gaps.Undefined));
        Assert.Equal(new GapRecovered(null, null, 0, 1), GapRecovered.Of([(1, 1, 1)]));
    }

    [Fact]
    public void Intervals_over_rows_hold_the_true_mean_nineteen_times_in_twenty()
    {
        var held = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new RandomStream(seed, "sample");
            double[] sample = [.. Enumerable.Range(0, 100).Select(_ => 3 + random.NextNormal())];
            var interval = Interval.OfMean(sample, seed, 500)!;
            if (interval.Low <= 3 && 3 <= interval.High) held++;
        }
        // 380 expected, a standard deviation of 4.4; percentiles of 100 rows are a little narrow.
        Assert.InRange(held, 360, 393);
    }

    [Fact]
    public void The_same_seed_draws_the_same_rows_and_undefined_metrics_have_no_interval()
    {
        double[] measures = [1, 2, 3.1, 4.7, 5.9, 0.3, 8.2];
        Assert.Equal(Interval.OfMean(measures, 7), Interval.OfMean(measures, 7));
        Assert.NotEqual(Interval.OfMean(measures, 7), Interval.OfMean(measures, 8));
        Assert.Null(Interval.OfMean([1], 7));
        Assert.Null(Interval.OverRows(5, _ => null, 7));
        Assert.Equal(new Interval(2, 2), Interval.OverRows(5, rows => rows.Contains(0) ? 2.0 : null, 7)); // 1 − 0.8⁵ = 67 % defined
        Assert.Null(Interval.OverRows(5, rows => rows.Count(row => row == 0) > 1 ? 2.0 : null, 7)); // 26 %
    }

    [Fact]
    public void A_mean_has_one_interval_whether_it_is_known_as_one_or_not()
    {
        double[] measures = [1, 2, 3.1, 4.7, 5.9, 0.3, 8.2];
        var (known, asked) = (Interval.OfMean(measures, 7)!, Interval.OverRows(7, rows => rows.Average(row => measures[row]), 7)!);
        Assert.Equal(known.Low, asked.Low, 1e-12);
        Assert.Equal(known.High, asked.High, 1e-12);
    }
}
