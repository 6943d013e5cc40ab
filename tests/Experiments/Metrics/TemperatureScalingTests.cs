using W2S.Data;
using W2S.Experiments.Metrics;

namespace W2S.Experiments.Tests.Metrics;

public class TemperatureScalingTests
{
    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_temperature_is_undone_by_its_inverse(double temperature)
    {
        var truth = Distributions(200, 5);
        var heated = TemperatureScaling.At(temperature, truth);
        var fitted = TemperatureScaling.Fit(heated.Values, truth.Values, 5);
        Assert.Equal(1 / temperature, fitted, 1e-6 / temperature);
        var restored = TemperatureScaling.At(fitted, heated);
        for (var place = 0; place < truth.Values.Length; place++) Assert.Equal(truth.Values[place], restored.Values[place], 1e-6);
    }

    /// <summary>Real predictions: half of the rows fit the temperature, the other half is better calibrated by it.</summary>
    [SkippableTheory]
    [InlineData("lenet-5-cifar-10.npz")]
    [InlineData("wideresnet-16-4-cifar-10.npz")]
    public void On_real_networks_it_is_the_best_of_a_grid_and_calibrates_other_rows(string file)
    {
        var path = RepositoryData.PathOf($"calibration/{file}");
        var predictions = NumpyFile.Floats(path, "predictions");
        double[] labels =
            [.. NumpyFile.Integers(path, "ground_truth")
            .SelectMany(label => Enumerable.Range(0, 10).Select(other => other == label ? 1.0 : 0))];
        var half = predictions.Length / 2;
        double[] fitting = predictions[..half], own = labels[..half];
        var fitted = TemperatureScaling.Fit(fitting, own, 10);
        var grid = Enumerable.Range(1, 400)
            .Select(step => 0.01 * step).MinBy(CrossEntropyAt);
        Assert.Equal(grid, fitted, 0.0101);
        Assert.True(CrossEntropyAt(fitted) <= CrossEntropyAt(grid) + 1e-12);

        var others = new Targets(1, half / 10, 10, predictions[half..]);
        Assert.True(Error(TemperatureScaling.At(fitted, others)) < 0.5 * Error(others));

        double CrossEntropyAt(double temperature) => ClassMetrics
            .Of(TemperatureScaling.At(temperature, new Targets(1, half / 10, 10, fitting)).Values, own, 10).CrossEntropy;

        double Error(Targets model) => Calibration.OfLikeliest(model.Values, labels[half..], 10, new Calibration.Options()).ExpectedError;
    }

    /// <summary>Drawing the outcomes of a calibrated model many times: what its ECE is on such a sample.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(2000)]
    public void A_calibrated_model_shows_the_error_that_its_closed_form_says(int rows)
    {
        var random = new RandomStream(7, "confidences");
        double[] confidences = [.. Enumerable.Range(0, rows).Select(_ => 0.3 + 0.7 * random.NextDouble())];
        var options = new Calibration.Options();
        var drawn =
            Enumerable.Range(0, 300).Average(_ =>
            Calibration.Of(confidences, [.. confidences.Select(chance => random.NextDouble() < chance ? 1.0 : 0)],
            options).ExpectedError);
        Assert.Equal(drawn, Calibration.ErrorOfCalibrated(confidences, options), 0.05 * drawn);
    }

    private static Targets Distributions(int rows, int classes)
    {
        var random = new RandomStream(3, "distributions");
        var targets = new Targets(1, rows, classes);
        for (var row = 0; row < rows; row++)
        {
            double[] weights = [.. Enumerable.Range(0, classes).Select(_ => Math.Exp(2 * random.NextNormal()))];
            for (var label = 0; label < classes; label++) targets.Values[row * classes + label] = weights[label] / weights.Sum();
        }
        return targets;
    }
}
