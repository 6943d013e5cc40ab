namespace W2S.Experiments;

public class GradientHeadsTests
{
    [Theory]
    [InlineData(6)] // by the fused kernels
    [InlineData(70)] // by libtorch
    public void Gradient_descent_finds_the_head_that_the_closed_form_finds_where_labels_are_linear(int width)
    {
        var (features, labels) = HeadExamples.Draw(300, width, noise: 0);
        var rows = HeadExamples.Rows(0, 200);
        var said = HeadExamples.Heads(HeadExamples.Descent(epochs: 200)).Fit(new MoleculeHeadTask("one", features, labels, rows)).Predict(features);
        Assert.True(MoleculeErrors.Of(said, labels, HeadExamples.Rows(200, 300)).Explained > 0.9999);
    }

    [Fact]
    public void Features_in_a_narrow_band_around_a_large_mean_are_no_obstacle()
    {
        var (features, labels) = HeadExamples.Draw(300, 6, noise: 0.3);
        var narrow = features with { Clean = [.. features.Clean.Select(value => 0.9f + 0.001f * value)] };
        narrow = narrow with { Fitting = [narrow.Clean] };
        var rows = HeadExamples.Rows(0, 200);
        var heads = HeadExamples.Heads(HeadExamples.Descent(epochs: 50));
        var plain = heads.Fit(new MoleculeHeadTask("one", features, labels, rows)).Predict(features);
        var shifted = heads.Fit(new MoleculeHeadTask("one", narrow, labels, rows)).Predict(narrow);
        for (var molecule = 0; molecule < 300; molecule++) Assert.Equal(plain[molecule], shifted[molecule], 5e-3);
    }

    [Theory]
    [InlineData(HeadSolver.AdamW, 6)]
    [InlineData(HeadSolver.AdamW, 70)]
    [InlineData(HeadSolver.Exact, 6)]
    public void A_head_does_not_depend_on_what_is_fitted_beside_it(HeadSolver solver, int width)
    {
        var (features, labels) = HeadExamples.Draw(60, width, noise: 1);
        var heads = HeadExamples.Heads(HeadExamples.Descent(epochs: 3) with { Solver = solver });
        var one = new MoleculeHeadTask("one", features, labels, HeadExamples.Rows(0, 40));
        var other = new MoleculeHeadTask("other", features, [.. labels.Select(label => 2 - label)], HeadExamples.Rows(20, 60));
        var third = new MoleculeHeadTask("third", features, [.. labels.Select(label => label * label)], HeadExamples.Rows(0, 55));
        var together = heads.Fit([other, third, one]);
        foreach (var (task, head) in new[] { other, third, one }.Zip(together))
            foreach (var (alone, beside) in heads.Fit(task).Predict(features).Zip(head.Predict(features))) Assert.Equal(alone, beside, 1e-4);
    }

    [Fact]
    public void Disturbed_draws_count_as_samples_and_predictions_stay_clean()
    {
        var (features, labels) = HeadExamples.Draw(200, 6, noise: 0);
        var disturbed = Enumerable.Range(1, 4).Select(draw => HeadExamples.Draw(200, 6, 0, seed: 100 + draw).Features.Clean.Zip(features.Clean, (noise, clean) => clean + 0.3f * noise).ToArray());
        var stock = features with { Fitting = [.. disturbed] };
        var rows = HeadExamples.Rows(0, 150);
        foreach (var solver in new[] { HeadSolver.Exact, HeadSolver.AdamW })
        {
            var heads = HeadExamples.Heads(HeadExamples.Descent(epochs: 40) with { Solver = solver });
            var clean = heads.Fit(new MoleculeHeadTask("one", features, labels, rows));
            var noisy = heads.Fit(new MoleculeHeadTask("one", stock, labels, rows));
            // Noise on the inputs shrinks heads: that of a unit's own spread times 0.3 by about 8 %.
            Assert.InRange(noisy.Weights[0] / clean.Weights[0], 0.85, 0.97);
            Assert.Equal(noisy.Predict(features), noisy.Predict(stock));
        }
    }
}
