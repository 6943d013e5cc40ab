using System.Text.Json;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>Probes of real tables beside NumPy and PyTorch in double precision.</summary>
public sealed class ProbePeerTests : IDisposable
{
    private readonly ProbeFiles _files = new();

    public void Dispose() => _files.Dispose();

    [SkippableTheory]
    [InlineData("energy")]
    [InlineData("wine")]
    public void Errors_misfit_and_gain_of_all_ten_splits_are_NumPys(string name)
    {
        using var expected = JsonDocument.Parse(Write(name));
        foreach (var solver in (string[])["ridge", "exact"])
        {
            var cells = Probe("y", $"heads.solver={solver}").Cells;
            Assert.Equal(10, cells.Count);
            const double rounding = 1e-9;
            foreach (var (cell, split) in cells.Zip(expected.RootElement.GetProperty(solver).EnumerateArray()))
            {
                double Expected(string measure) => split.GetProperty(measure).GetDouble();
                Close(Expected("weak"), cell.WeakError);
                Close(Expected("student"), cell.StudentError);
                Close(Expected("strong"), cell.StrongError);
                Close(Expected("misfit"), cell.Misfit);
                Assert.Equal(Expected("weak") - Expected("student"), cell.Gain!.Value, rounding * Expected("weak"));
            }

            void Close(double expected, double? found) => Assert.Equal(expected, found!.Value, rounding * expected);
        }
    }

    [SkippableTheory]
    [InlineData("energy", 0.01)]
    [InlineData("wine", 1e-4)]
    public void Softmax_heads_are_PyTorchs(string name, double ridge)
    {
        const double smoothing = 0.01;
        Write(name);
        using (var labels = ArrayFile.Open(_files["y.npy"]))
        {
            var values = new double[labels.Rows];
            labels.Read(0, values);
            double[] sorted = [.. values.Order()], classes = [.. values
                .Select(value => value < Spread.Quantile(sorted, 0.3) ? 0.0 : value < Spread.Quantile(sorted, 0.8) ? 1 : 2)];
            File.WriteAllLines(_files["classes.csv"], classes.Select(label => $"{label}").Prepend("class"));
        }
        ProbeFiles.Python("Probe/to_npy.py", _files["classes.csv"], _files["classes.npy"]);
        using var expected = JsonDocument.Parse(ProbeFiles.Python("Probe/torch_probe.py", _files[""],
            FormattableString.Invariant($"{ridge}"), FormattableString.Invariant($"{smoothing}")));
        var cell = Probe("classes", "splits=0", FormattableString.Invariant($"heads.newton.ridge={ridge}"),
            FormattableString.Invariant($"classes.smoothing={smoothing}")).Cells.Single();
        double Expected(string measure) => expected.RootElement.GetProperty(measure).GetDouble();
        Assert.Equal(Expected("weak"), cell.WeakError!.Value, 1e-6);
        Assert.Equal(Expected("student"), cell.StudentError!.Value, 1e-6);
        Assert.Equal(Expected("strong"), cell.StrongError!.Value, 1e-6);
        Assert.Equal(Expected("misfit"), cell.Misfit!.Value, 1e-6);
        foreach (var stage in Stages.All) Assert.Equal(Expected($"{stage}_accuracy"), cell.Measure($"{stage}_test_accuracy")!.Value, 1e-12);
    }

    private PanelResult Probe(string labels, params string[] settings) =>
        _files.Probe([_files["weak.npy"]], _files["strong.npy"], _files[$"{labels}.npy"],
            [$"table.splits={_files["mask.npy"]}", .. settings]).Single();

    /// <summary>Features, labels and splits as .npy files, and what NumPy makes of them.</summary>
    private string Write(string name) => ProbeFiles.Python(
        "Probe/numpy_probe.py", ProbeFiles.Real($"tables/{name}-data.csv.gz"), ProbeFiles.Real($"tables/{name}-test_mask.csv.gz"),
            _files[""]);
}
