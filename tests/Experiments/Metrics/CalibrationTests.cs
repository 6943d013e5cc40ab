using System.Text.Json;
using W2S.Experiments.Metrics;

namespace W2S.Experiments.Tests.Metrics;

public class CalibrationTests
{
    public static TheoryData<string> Networks => ["lenet-5-cifar-10.npz", "wideresnet-16-4-cifar-10.npz"];

    /// <summary>Real predictions, and what NumPy computed from the definitions.</summary>
    [SkippableTheory]
    [MemberData(nameof(Networks))]
    public void Figures_of_real_networks_are_those_of_the_definitions(string file)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("W2S_DATA") ?? Path.Combine(RepositoryData.Root, "..", "shared", "data"), "calibration");
        Skip.IfNot(File.Exists(Path.Combine(folder, file)), $"{file} is not here. Let W2S_DATA name a folder that has calibration/{file}.");
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        var expected = document.RootElement.GetProperty(file);
        double Expected(string name) => expected.GetProperty(name).GetDouble();

        var predictions = NumpyFile.Floats(Path.Combine(folder, file), "predictions");
        double[] truth = [..
            NumpyFile.Integers(Path.Combine(folder, file), "ground_truth")
                .SelectMany(label => Enumerable.Range(0, 10).Select(other => other == label ? 1.0 : 0))];

        foreach (var bins in (int[])[10, 15])
        {
            var width = ClassMetrics.Of(predictions, truth, 10, new Calibration.Options { Bins = bins });
            Assert.Equal(Expected("accuracy"), width.Accuracy, 1e-12);
            // The reference takes no logarithm below 1e-12; one row of the second network gives its class 2.6e-14.
            Assert.Equal(Expected("cross_entropy"), ClassMetrics.Of([.. predictions.Select(value => Math.Max(value, 1e-12))], truth, 10).CrossEntropy, 1e-9);
            Assert.Equal(Expected("brier"), width.Brier, 1e-9);
            Assert.Equal(Expected("mean_confidence"), width.Calibration.Bins.Sum(bin => bin.Rows * bin.Confidence) / width.Rows, 1e-9);
            Assert.Equal(Expected($"ece_width_{bins}"), width.Calibration.ExpectedError, 1e-9);
            Assert.Equal(Expected($"mce_width_{bins}"), width.Calibration.MaximumError, 1e-9);
            var mass = Calibration.OfLikeliest(predictions, truth, 10, new Calibration.Options { Bins = bins, Kind = Calibration.Binning.EqualMass });
            Assert.Equal(Expected($"ece_mass_{bins}"), mass.ExpectedError, 1e-9);
            Assert.Equal(10_000, mass.Bins.Sum(bin => bin.Rows));
            Assert.InRange(mass.Bins.Max(bin => bin.Rows) - mass.Bins.Min(bin => bin.Rows), 0, 1);
            var classes = Enumerable.Range(0, 10)
                .Select(label => Calibration.OfClass(predictions, truth, 10, label, new Calibration.Options { Bins = bins }).ExpectedError).ToArray();
            Assert.Equal(Expected($"classwise_ece_width_{bins}"), classes.Average(), 1e-9);
            if (bins == 15) Assert.Equal(Expected("binary_class0_ece_width_15"), classes[0], 1e-9);
        }
    }

    [Fact]
    public void Bins_are_closed_above_and_the_first_takes_zero()
    {
        var calibration = Calibration.Of([0, 0.5, 0.5000001, 1], [0, 1, 0, 1], new Calibration.Options { Bins = 2 });
        Assert.Equal([(2, 0.5), (2, 0.5)], calibration.Bins.Select(bin => (bin.Rows, bin.Accuracy)));
        Assert.Equal(0.25, calibration.Bins[0].Confidence);
        Assert.Equal(0.250000025, calibration.ExpectedError, 1e-12);
        Assert.Equal(0.25000005, calibration.MaximumError, 1e-12);
    }

    [Fact]
    public void Bins_of_equal_mass_differ_by_one_row_and_fewer_rows_than_bins_have_one_each()
    {
        double[] confidences = [0.9, 0.1, 0.5, 0.7, 0.3];
        var halves = Calibration.Of(confidences, new double[5], new Calibration.Options { Bins = 2, Kind = Calibration.Binning.EqualMass });
        Assert.Equal([3, 2], halves.Bins.Select(bin => bin.Rows));
        var alone = Calibration.Of(confidences, new double[5], new Calibration.Options { Bins = 8, Kind = Calibration.Binning.EqualMass });
        Assert.Equal([0.1, 0.3, 0.5, 0.7, 0.9], alone.Bins.Select(bin => bin.Confidence));
    }

    [Fact]
    public void True_probabilities_are_calibrated_and_the_first_of_equals_is_chosen()
    {
        double[] truth = [0.6, 0.4, 0.5, 0.5, 0.2, 0.8];
        Assert.Equal(0, Calibration.OfLikeliest(truth, truth, 2, new Calibration.Options()).ExpectedError, 1e-15);
        Assert.Equal(0.5, Calibration.OfLikeliest([0.5, 0.5], [0, 1], 2, new Calibration.Options()).ExpectedError, 1e-15);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    public void A_confidence_that_is_none_is_refused_with_its_row(double confidence) =>
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => Calibration.Of([0.5, confidence], [1, 1], new Calibration.Options())).Message);

    [Fact]
    public void No_rows_make_no_calibration() => Assert.Throws<ArgumentException>(() => Calibration.Of([], [], new Calibration.Options()));
}
