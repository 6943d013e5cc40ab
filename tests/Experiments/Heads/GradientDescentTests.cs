using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

public class GradientDescentTests
{
    [Theory]
    [InlineData(6)] // by the fused kernels
    [InlineData(70)] // by libtorch
    public void Gradient_descent_finds_the_head_that_the_closed_form_finds_where_labels_are_linear(int width)
    {
        var examples = HeadExamples.Draw(300, width, noise: 0);
        Assert.True(examples.Errors(examples.Fit(HeadExamples.Descent(epochs: 200), [0..200]), 200..300).Explained > 0.9999);
    }

    [Theory]
    [InlineData(10, 4, 3)]
    [InlineData(8, 4, 2)]
    [InlineData(3, 4, 1)]
    public void An_epoch_ends_with_what_is_left_as_a_smaller_batch(int samples, int batch, int steps)
    {
        var optimiser = new OptimiserOptions { Batch = batch, Epochs = 5 };
        var problem = new HeadProblem("heads", new LinearHeads(1, 2, true), new TaskSamples(1, samples, 2), new TaskSamples(1, samples, 1), optimiser, 0, "order");
        Assert.Equal((steps, 5 * steps), (problem.StepsPerEpoch, problem.TotalSteps));
    }

    [Fact]
    public void Features_in_a_narrow_band_around_a_large_mean_are_no_obstacle()
    {
        var examples = HeadExamples.Draw(300, 6, noise: 0.3);
        var narrow = examples with { Features = [.. examples.Features.Select(value => 0.9f + 0.001f * value)] };
        var (plain, shifted) = (examples.Predict(examples.Fit(HeadExamples.Descent(epochs: 50), [0..200])), narrow.Predict(narrow.Fit(HeadExamples.Descent(epochs: 50), [0..200])));
        for (var row = 0; row < 300; row++) Assert.Equal(plain[row], shifted[row], 5e-3);
    }

    [Theory]
    [InlineData(HeadSolver.AdamW, 6)]
    [InlineData(HeadSolver.AdamW, 70)]
    [InlineData(HeadSolver.Exact, 6)]
    [InlineData(HeadSolver.Ridge, 6)]
    public void A_head_does_not_depend_on_what_is_fitted_beside_it(HeadSolver solver, int width)
    {
        var examples = HeadExamples.Draw(60, width, noise: 1);
        var study = HeadExamples.Descent(epochs: 3);
        study = study with { Heads = study.Heads with { Solver = solver } };
        Range[] rows = [0..40, 20..60, 10..50];
        double[][] labels = [examples.Labels, [.. examples.Labels.Select(label => 2 - label)], [.. examples.Labels.Select(label => label * label)]];
        var together = examples.Fit(study, rows, labels);
        for (var cell = 0; cell < 3; cell++)
        {
            var alone = examples.Fit(study, [rows[cell]], [labels[cell]], first: cell);
            foreach (var (one, beside) in examples.Predict(alone).Zip(examples.Predict(together.Slice(cell, 1)))) Assert.Equal(one, beside, 1e-4);
        }
    }

    [Fact]
    public void Draws_count_as_samples_and_shrink_heads_as_noise_on_the_inputs_does()
    {
        var clean = HeadExamples.Draw(150, 6, noise: 0);
        var disturbed = Enumerable.Range(1, 4).SelectMany(draw => HeadExamples.Draw(150, 6, 0, seed: 100 + draw).Features.Zip(clean.Features, (noise, value) => value + 0.3f * noise));
        var noisy = new HeadExamples(6, [.. disturbed], [.. Enumerable.Repeat(clean.Labels, 4).SelectMany(labels => labels)]);
        foreach (var study in new[] { HeadExamples.Ridge, HeadExamples.Descent(epochs: 40) })
        {
            var (one, other) = ((DoubleHeads)clean.Fit(study, [0..150]), (DoubleHeads)noisy.Fit(study, [0..600], draws: 4));
            // Noise of a unit's own spread times 0.3 shrinks by about 8 %.
            Assert.InRange(other.Weights(0)[0] / one.Weights(0)[0], 0.85, 0.97);
        }
    }
}
