using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>What a fit must be blind to, for every solver: an affine head has no view on units, origins and orders.</summary>
public sealed class SolverInvarianceTests
{
    private const int Rows = 240, Width = 6;

    /// <summary>Those of numbers; Newton's labels are probabilities and have properties of their own below.</summary>
    public static TheoryData<HeadSolver> OfNumbers => [HeadSolver.Exact, HeadSolver.Ridge, HeadSolver.AdamW];

    public static TheoryData<HeadSolver> ClosedForms => [HeadSolver.Exact, HeadSolver.Ridge];

    [Theory]
    [MemberData(nameof(OfNumbers))]
    public void A_constant_added_to_labels_is_added_to_predictions(HeadSolver solver)
    {
        var (examples, plain) = Fitted(solver);
        foreach (var constant in new[] { 4e6, -4e6, 1e9 })
        {
            var moved = examples with { Labels = [.. examples.Labels.Select(label => label + constant)] };
            Agree(plain, Predict(solver, moved), prediction => prediction - constant, 4e-16 * Math.Abs(constant) * Rows);
        }
    }

    [Theory]
    [MemberData(nameof(OfNumbers))]
    public void The_labels_unit_is_the_predictions_unit(HeadSolver solver)
    {
        var (examples, plain) = Fitted(solver);
        foreach (var scale in new[] { 1e6, 1e-6, 1e30, 1e-30 })
        {
            var scaled = examples with { Labels = [.. examples.Labels.Select(label => label * scale)] };
            Agree(plain, Predict(solver, scaled), prediction => prediction / scale, solver == HeadSolver.AdamW ? 1e-3 : 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(OfNumbers))]
    public void The_features_unit_counts_for_nothing(HeadSolver solver)
    {
        var (examples, plain) = Fitted(solver);
        // Powers of two: multiplying by them rounds nothing.
        foreach (var scale in new[] { 1 << 20, 1f / (1 << 20) })
            Agree(plain, Predict(solver, examples with { Features = [.. examples.Features.Select(value => value * scale)] }), prediction => prediction, 1e-9);
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void The_order_of_rows_counts_for_nothing(HeadSolver solver)
    {
        var (examples, plain) = Fitted(solver);
        var order = new int[Rows];
        new RandomStream(3, "order").Permutation(order);
        var permuted = examples with
        {
            Features = [.. order.SelectMany(row => examples.Features[(row * Width)..((row + 1) * Width)])], Labels = [.. order.Select(row => examples.Labels[row])],
        };
        var predictions = Predict(solver, permuted);
        for (var place = 0; place < Rows; place++) Assert.Equal(plain[order[place]], predictions[place], 1e-9);
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void Features_that_stand_there_twice_say_nothing_new(HeadSolver solver)
    {
        var (examples, plain) = Fitted(solver);
        var doubled = new HeadExamples(2 * Width, [.. examples.Features.Chunk(Width).SelectMany(row => row.Concat(row))], examples.Labels);
        Agree(plain, Predict(solver, doubled), prediction => prediction, 1e-7);
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void A_feature_with_a_large_offset_silences_no_other(HeadSolver solver)
    {
        var (examples, plain) = Fitted(solver);
        // It varies by one part in 10,000, which float32 holds to some 0.1 %.
        var offset = examples.Features.Index().Select(place => place.Index % Width == 2 ? place.Item + 4096 : place.Item).ToArray();
        Agree(plain, Predict(solver, examples with { Features = offset }), prediction => prediction, 2e-3);
    }

    [Fact]
    public void Newton_is_blind_to_order_unit_offset_and_repetition()
    {
        var examples = HeadExamples.Draw(Rows, Width, noise: 1);
        double[] classes = [.. examples.Labels.SelectMany(label => label > 3 ? new[] { 0.9, 0.1 } : [0.2, 0.8])];
        var plain = Logits(examples.Features, Width, classes);
        Assert.InRange(plain.Max() - plain.Min(), 0.5, 50);
        Agree(plain, Logits([.. examples.Features.Select(value => value * (1 << 20))], Width, classes), logit => logit, 1e-7);
        Agree(plain, Logits([.. examples.Features.Select(value => value / (1 << 20))], Width, classes), logit => logit, 1e-7);
        Agree(plain, Logits([.. examples.Features.Chunk(Width).SelectMany(row => row.Concat(row))], 2 * Width, classes), logit => logit, 1e-7);
        Agree(plain, Logits([.. examples.Features.Index().Select(place => place.Index % Width == 2 ? place.Item + 4096 : place.Item)], Width, classes), logit => logit, 5e-3);
        var backward = Logits([.. examples.Features.Chunk(Width).Reverse().SelectMany(row => row)], Width, [.. classes.Chunk(2).Reverse().SelectMany(row => row)]);
        Agree(plain, [.. backward.Chunk(2).Reverse().SelectMany(row => row)], logit => logit, 1e-7);
    }

    [Theory]
    [MemberData(nameof(OfNumbers))]
    public void Labels_that_are_all_the_same_are_predicted_as_they_are(HeadSolver solver)
    {
        foreach (var constant in new[] { 0.1, -4e6, 0 })
        {
            var examples = HeadExamples.Draw(Rows, Width, noise: 1) with { Labels = [.. Enumerable.Repeat(constant, Rows)] };
            Assert.All(Predict(solver, examples), prediction => Assert.Equal(constant, prediction, 1e-12 * Math.Abs(constant)));
        }
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    public void Least_squares_fits_a_direction_from_two_nths_of_the_widest_one_on(double nths, bool isFitted)
    {
        // Two features that know nothing of each other, + − + − … and + + − − …, the second so much narrower.
        const int samples = 400;
        var narrow = nths / samples;
        float[] features = [.. Enumerable.Range(0, samples).SelectMany(row => new[] { row % 2 == 0 ? 1f : -1f, (float)(row / 2 % 2 == 0 ? narrow : -narrow) })];
        double[] labels = [.. Enumerable.Range(0, samples).Select(row => (row % 2 == 0 ? 3.0 : -3.0) + (row / 2 % 2 == 0 ? 1.0 : -1.0))];
        var (weights, biases) = ExactHeads.Fit(new TaskSamples(1, samples, 2, features), new Targets(1, samples, 1, labels), hasBias: true, threads: 1);
        Assert.Equal(3, weights[0], 1e-9);
        Assert.Equal(isFitted ? 1 / narrow : 0, weights[1], 1e-4);
        Assert.Equal(0, biases[0], 1e-9);
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(10, true)]
    public void A_spread_of_eight_last_places_of_float32_is_a_features_own(int places, bool isFitted)
    {
        // 1 and 1 + so many times 2^-23, half of the samples each: the spread is half of the difference.
        const int samples = 40;
        var high = 1 + 2 * places / (float)(1 << 23);
        float[] features = [.. Enumerable.Range(0, samples).Select(row => row % 2 == 0 ? 1 : high)];
        double[] labels = [.. Enumerable.Range(0, samples).Select(row => row % 2 == 0 ? 1.0 : 2.0)];
        var (weights, _) = ExactHeads.Fit(new TaskSamples(1, samples, 1, features), new Targets(1, samples, 1, labels), hasBias: true, threads: 1);
        Assert.Equal(isFitted, weights[0] != 0);
        foreach (var solver in new[] { HeadSolver.Ridge, HeadSolver.AdamW })
            Assert.Equal(isFitted, Predict(solver, new HeadExamples(1, features, labels)).Distinct().Count() > 1);
    }

    private static (HeadExamples Examples, double[] Predictions) Fitted(HeadSolver solver)
    {
        var examples = HeadExamples.Draw(Rows, Width, noise: 0.3);
        var predictions = Predict(solver, examples);
        // Something was learned, so that a head of nothing but the mean does not pass.
        Assert.InRange(predictions.Zip(examples.Labels, (prediction, label) => Math.Pow(prediction - label, 2)).Average(), 0, 0.5 * examples.Labels.Select(label => Math.Pow(label - examples.Labels.Average(), 2)).Average());
        return (examples, predictions);
    }

    private static double[] Predict(HeadSolver solver, HeadExamples examples)
    {
        var study = solver == HeadSolver.AdamW ? HeadExamples.Descent(60) : new Study { Data = ["drawn"], Heads = new HeadOptions { Solver = solver } };
        return examples.Predict(examples.Fit(study, [0..examples.Rows]));
    }

    private static double[] Logits(float[] features, int width, double[] classes)
    {
        var samples = new TaskSamples(1, Rows, width, features);
        var labels = new TaskSamples(1, Rows, 2, Array.ConvertAll(classes, label => (float)label));
        var head = NewtonHeads.Fit(samples, labels, hasBias: true, threads: 1)[0].Head;
        return new DoubleHeads(width, [.. head.Weights], [.. head.Biases], 2).Outputs(samples).Values;
    }

    private static void Agree(double[] expected, double[] found, Func<double, double> back, double tolerance)
    {
        var greatest = expected.Max(Math.Abs);
        for (var row = 0; row < expected.Length; row++) Assert.Equal(expected[row], back(found[row]), tolerance * Math.Max(1, greatest) + 1e-12);
    }
}
