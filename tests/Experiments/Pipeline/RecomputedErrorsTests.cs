using W2S.Data;
using W2S.Models;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// Errors, misfit and gain as they are reported, beside what a reader of the paper would compute from the fitted heads: sums
/// written out here, with nothing of the pipeline, the objectives or the heads' own arithmetic.
/// </summary>
public sealed class RecomputedErrorsTests : IDisposable
{
    private const double Closely = 1e-5; // heads and features in float32

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("exact", 0)]
    [InlineData("exact", 3)]
    [InlineData("adamw", 1)]
    public void On_Gaussian_tasks(string solver, int seed)
    {
        const int tasks = 4, samples = 300;
        var study = SmallStudies.Of("2b", [seed], "heads.tasks=4", "evaluation.samples=300", $"heads.solver={solver}", "weak.source=perturbed", "weak.noise=0.2", "strong.source=truth")[0];
        var panel = new[] { study }.Run(_folder["run"]).Single();
        var heads = Safetensors.Read(Directory.GetFiles(_folder["run"], "heads.safetensors", SearchOption.AllDirectories).Single()).Tensors;

        var truth = MlpWeights.Initialise(new MlpShape(8, 16, 16, 5), new RandomStream(seed, "truth"));
        var weak = truth.Perturbed(0.2, new RandomStream(seed, "noise/weak"), biases: false);
        var targets = LinearHeads.Initialise(seed, "tasks", tasks, 16, hasBias: true);
        for (var task = 0; task < tasks; task++)
        {
            double weakError = 0, studentError = 0, strongError = 0, misfit = 0;
            var random = new RandomStream(seed, "inputs/evaluation", task);
            for (var sample = 0; sample < samples; sample++)
            {
                double[] x = [.. Enumerable.Range(0, 8).Select(_ => (double)(float)(500 * random.NextNormal()))];
                double[] onTruth = Forward(truth, x), onWeak = Forward(weak, x);
                var y = Head([.. targets.Weight(task).ToArray().Select(w => (double)w)], targets.Biases[task], onTruth);
                var (w, s, c) = (Fitted("weak", task, onWeak), Fitted("student", task, onTruth), Fitted("strong", task, onTruth));
                weakError += (w - y) * (w - y) / samples;
                studentError += (s - y) * (s - y) / samples;
                strongError += (c - y) * (c - y) / samples;
                misfit += (s - w) * (s - w) / samples;
            }
            var cell = panel.Cells[task];
            Near(weakError, cell.WeakError);
            Near(studentError, cell.StudentError);
            Assert.InRange(Math.Abs(strongError - cell.StrongError!.Value), 0, Closely * weakError);
            Near(misfit, cell.Misfit);
            Assert.InRange(Math.Abs(weakError - studentError - cell.Gain!.Value), 0, Closely * weakError);
        }

        double Fitted(string stage, int task, double[] features)
        {
            var (weight, bias) = (heads[$"{stage}.heads.weight"], heads[$"{stage}.heads.bias"]);
            double[] all = weight.Type == TensorType.F64 ? [.. weight.As<double>()] : [.. weight.As<float>().ToArray().Select(value => (double)value)];
            double[] biases = bias.Type == TensorType.F64 ? [.. bias.As<double>()] : [.. bias.As<float>().ToArray().Select(value => (double)value)];
            return Head(all[(task * 16)..((task + 1) * 16)], biases[task], features);
        }
    }

    [Theory]
    [InlineData("train")]
    [InlineData("valid")]
    [InlineData("half")]
    public void On_a_table(string protocol)
    {
        // One feature that counts letters, one label: least squares of a line, as in a textbook.
        var study = SmallTables.Study() with { Splits = [123], Protocol = Enum.Parse<Dataset.Protocol>(protocol, ignoreCase: true), Heads = new HeadOptions { Solver = HeadSolver.Exact } };
        var table = SmallTables.Molecules;
        var cell = SmallTables.Run(study, table, new LetterCounts("carbons", "C"), new LetterCounts("oxygens", "O")).Cells.Single();
        var split = table.Splits[123];
        var (fitted, taught) = SplitTable.RowsOf(split, study.Protocol);
        double[] labels = [.. table.Labels], carbons = Count('C'), oxygens = Count('O');
        var weak = Line(carbons, labels, fitted);
        double[] weakLabels = [.. carbons.Select(weak)];
        var (student, strong) = (Line(oxygens, weakLabels, taught), Line(oxygens, labels, taught));
        Near(split.Test.Average(row => Math.Pow(weak(carbons[row]) - labels[row], 2)), cell.WeakError);
        Near(split.Test.Average(row => Math.Pow(student(oxygens[row]) - labels[row], 2)), cell.StudentError);
        Near(split.Test.Average(row => Math.Pow(strong(oxygens[row]) - labels[row], 2)), cell.StrongError);
        Near(split.Test.Average(row => Math.Pow(student(oxygens[row]) - weak(carbons[row]), 2)), cell.Misfit);

        double[] Count(char letter) => [.. table.Smiles.Select(smiles => (double)smiles.Count(one => one == letter))];
    }

    private static Func<double, double> Line(double[] x, double[] y, IReadOnlyList<int> rows)
    {
        double meanX = rows.Average(row => x[row]), meanY = rows.Average(row => y[row]);
        var slope = rows.Sum(row => (x[row] - meanX) * (y[row] - meanY)) / rows.Sum(row => (x[row] - meanX) * (x[row] - meanX));
        return value => meanY + slope * (value - meanX);
    }

    /// <summary>Blocks of Linear + ReLU, the last one too.</summary>
    private static double[] Forward(MlpWeights network, double[] input)
    {
        var values = input;
        var tensors = network.ToTensors();
        for (var layer = 0; layer < tensors.Count; layer += 2)
        {
            var (weight, bias, before) = (tensors[layer].As<float>().ToArray(), tensors[layer + 1].As<float>().ToArray(), values);
            values = [.. bias.Select((offset, unit) => Math.Max(0, offset + before.Select((value, place) => value * weight[unit * before.Length + place]).Sum()))];
        }
        return values;
    }

    private static double Head(double[] weights, double bias, double[] features) => bias + weights.Zip(features, (weight, value) => weight * value).Sum();

    private static void Near(double expected, double? found) => Assert.InRange(Math.Abs(found!.Value / expected - 1), 0, Closely);
}
