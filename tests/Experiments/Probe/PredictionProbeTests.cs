using System.Text.Json;
using W2S.Data;
using W2S.Experiments.Metrics;

namespace W2S.Experiments;

/// <summary>Predictions in files, measured without fitting.</summary>
public sealed class PredictionProbeTests : IDisposable
{
    private readonly ProbeFiles _files = new();

    public void Dispose() => _files.Dispose();

    [SkippableTheory]
    [InlineData("lenet-5-cifar-10.npz")]
    [InlineData("wideresnet-16-4-cifar-10.npz")]
    public void Figures_of_real_networks_are_those_of_the_definitions(string network)
    {
        var file = ProbeFiles.Real($"calibration/{network}");
        using var document = JsonDocument.Parse(File.ReadAllText(ProbeFiles.Real("calibration/expected.json")));
        var expected = document.RootElement.GetProperty(network);
        foreach (var bins in (int[])[10, 15])
        {
            var probe = new PredictionProbe($"{file}:ground_truth", areClasses: true, new Study.TableOptions(),
                new Calibration.Options { Bins = bins });
            var measures = probe.Measure("strong", file, probe.Read($"{file}:predictions")).Measures;
            Assert.Equal(expected.GetProperty("rows").GetInt32(), probe.Rows);
            Close("accuracy", "accuracy");
            Close("cross_entropy", "cross_entropy");
            Close("brier", "brier");
            Close("mean_confidence", "mean_confidence");
            Close($"ece_width_{bins}", "ece");
            Close($"mce_width_{bins}", "mce");
            Close($"ece_mass_{bins}", "ece_mass");
            Close($"classwise_ece_width_{bins}", "ece_classwise");

            void Close(string name, string measure) => Assert.Equal(expected.GetProperty(name).GetDouble(), measures[measure]!.Value, 1e-6);
        }
    }

    [Fact]
    public void Numbers_have_errors_misfit_and_gain()
    {
        _files.Write("labels.csv", "label", "1", "2", "3.5");
        _files.Write("weak.csv", "p", "2", "2", "2.5");
        _files.Write("student.csv", "p", "1", "2", "2.5");
        _files.Write("strong.csv", "p", "1", "2", "3.5");
        var probe = new PredictionProbe(_files["labels.csv"], areClasses: false, new Study.TableOptions(), new Calibration.Options());
        double[] weak = probe.Read(_files["weak.csv"]), student = probe.Read(_files["student.csv"]),
            strong = probe.Read(_files["strong.csv"]);
        Assert.Equal(2.0 / 3, probe.Measure("weak", "", weak).Measures["mse"]!.Value, 1e-12);
        Assert.Equal(1.0 / 3, probe.Compare(student, weak)["misfit"]!.Value, 1e-12);
        var (gain, _, recovered) = probe.Gain(weak, student, strong, seed: 0);
        Assert.Equal(1.0 / 3, gain, 1e-12);
        Assert.Equal(0.5, recovered!.Value, 1e-12);
    }

    [Fact]
    public void A_prediction_whose_square_is_infinite_is_refused()
    {
        _files.Write("labels.csv", "label", "1", "2", "3.5");
        _files.Write("weak.csv", "p", "2", "1e300", "2.5");
        var probe = new PredictionProbe(_files["labels.csv"], areClasses: false, new Study.TableOptions(), new Calibration.Options());
        Assert.Contains("row 1, column 0 ('p') (from 0): 1E+300 is too large", Assert.Throws<UserErrorException>(() => probe.Read(_files["weak.csv"])).Message);
    }

    [Fact]
    public void Columns_that_are_called_as_the_classes_may_stand_in_any_order()
    {
        _files.Write("labels.csv", "class", "cat", "dog", "cat");
        _files.Write("one.csv", "cat,dog", "0.9,0.1", "0.3,0.7", "0.6,0.4");
        _files.Write("other.csv", "dog,cat", "0.1,0.9", "0.7,0.3", "0.4,0.6");
        var probe = new PredictionProbe(_files["labels.csv"], areClasses: true, new Study.TableOptions(), new Calibration.Options());
        Assert.Equal(probe.Read(_files["one.csv"]), probe.Read(_files["other.csv"]));
        Assert.Equal(1, probe.Measure("weak", "", probe.Read(_files["one.csv"])).Measures["accuracy"]);
    }

    [Theory]
    [InlineData("0.9,0.2", "sum to 1")]
    [InlineData("4.2,-3.2", "take the softmax first")]
    public void What_is_no_probability_is_refused(string row, string message)
    {
        _files.Write("labels.csv", "class", "0", "1");
        _files.Write("logits.csv", "a,b", row, row);
        var probe = new PredictionProbe(_files["labels.csv"], areClasses: true, new Study.TableOptions(), new Calibration.Options());
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => probe.Read(_files["logits.csv"])).Message);
    }
}
