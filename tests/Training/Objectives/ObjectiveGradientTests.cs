using W2S.Training.Objectives;
using W2S.Training.Tests.Torch;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Objectives;

/// <summary>Each objective's gradient against finite differences of its loss, and its tensors against float64.</summary>
[Collection(nameof(TorchTests))]
public class ObjectiveGradientTests
{
    private const int Seeds = 12;

    public static TheoryData<int> Numbers => ObjectiveExamples.Numbers;

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_rows_gradient_is_that_of_finite_differences(int number)
    {
        var objective = ObjectiveExamples.All[number];
        for (var seed = 0; seed < Seeds; seed++)
            foreach (var targets in (ReadOnlySpan<int>)[2, 5])
            {
                var logits = ObjectiveExamples.Logits(seed, objective, 1, targets);
                // Rows of a seed differ in kind: the last of four is hard.
                var label = ObjectiveExamples.Labels(seed, objective, 4, targets)[(seed % 4 * targets)..][..targets];
                double[] gradient = new double[logits.Length], unused = new double[logits.Length];
                objective.Loss(logits, label, gradient);
                for (var output = 0; output < logits.Length; output++)
                {
                    const double step = 1e-5;
                    double[] up = [.. logits], down = [.. logits];
                    up[output] += step;
                    down[output] -= step;
                    var expected = (objective.Loss(up, label, unused) - objective.Loss(down, label, unused)) / (2 * step);
                    Assert.Equal(expected, gradient[output], 1e-8 * (1 + Math.Abs(expected)));
                }
            }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Tensors_agree_with_float64_in_loss_gradient_labels_and_predictions(int number)
    {
        var objective = ObjectiveExamples.All[number];
        for (var seed = 0; seed < Seeds; seed++)
            foreach (var (targets, rows, progress) in new[] { (2, 33, 0.04), (2, 1, 1), (5, 20, 0.7), (2, 50, 0) })
            {
                using var scope = NewDisposeScope();
                var outputs = objective.Outputs(targets);
                double[] logits = ObjectiveExamples.Logits(seed, objective, rows, targets),
                    labels = ObjectiveExamples.Labels(seed, objective, rows, targets);
                double[] gradient = new double[logits.Length], relabelled = new double[labels.Length],
                    predictions = new double[labels.Length];
                var loss = objective.Loss(logits, labels, rows, progress, gradient);
                objective.Relabel(logits, labels, rows, progress, relabelled);
                for (var row = 0; row < rows; row++)
                    objective.Predict(logits.AsSpan(row * outputs, outputs), predictions.AsSpan(row * targets, targets));

                var torchLogits = tensor(logits, [rows, outputs]).requires_grad_();
                var torchLabels = tensor(labels, [rows, targets]);
                var torchLoss = objective.Loss(torchLogits, torchLabels, progress);
                torchLoss.backward();

                Assert.Equal(loss, torchLoss.item<double>(), 1e-12 * (1 + Math.Abs(loss)));
                Equal(gradient, torchLogits.grad!);
                Equal(relabelled, objective.Relabel(torchLogits.detach(), torchLabels, progress));
                Equal(predictions, objective.Predict(torchLogits.detach()));
            }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Cells_side_by_side_have_the_mean_loss_and_the_shares_of_the_gradient_that_each_has_alone(int number)
    {
        using var scope = NewDisposeScope();
        var objective = ObjectiveExamples.All[number];
        var outputs = objective.Outputs(2);
        var logits = tensor(ObjectiveExamples.Logits(5, objective, 3 * 20, 2), [3, 20, outputs]).requires_grad_();
        var labels = tensor(ObjectiveExamples.Labels(5, objective, 3 * 20, 2), [3, 20, 2]);
        var together = objective.Loss(logits, labels, 0.5);
        together.backward();
        var sum = 0.0;
        for (var cell = 0; cell < 3; cell++)
        {
            var own = logits.detach()[cell].clone().requires_grad_();
            var loss = objective.Loss(own, labels[cell], 0.5);
            loss.backward();
            sum += loss.item<double>() / 3;
            Equal([.. own.grad!.data<double>().Select(value => value / 3)], logits.grad![cell]);
        }
        Assert.Equal(sum, together.item<double>(), 1e-13);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Single_precision_stays_finite_at_probabilities_of_0_and_1(int number)
    {
        using var scope = NewDisposeScope();
        var objective = ObjectiveExamples.All[number];
        var outputs = objective.Outputs(2);
        var logits = tensor(
            (float[])[.. Enumerable.Range(0, 4 * outputs).Select(index => index % 2 == 0 ? 300f : -300f)], [4, outputs]).requires_grad_();
        var labels = tensor((float[])[1, 0, 0, 1, 0.5f, 0.5f, 1, 0], [4, 2]);
        var loss = objective.Loss(logits, labels, 0.5);
        loss.backward();
        Assert.True(double.IsFinite(loss.item<float>()));
        Assert.All(logits.grad!.data<float>().ToArray(), slope => Assert.True(float.IsFinite(slope)));

        double[] wide = [.. logits.detach().data<float>().Select(value => (double)value)], gradient = new double[4 * outputs];
        Assert.Equal(
            objective.Loss(wide, [1, 0, 0, 1, 0.5, 0.5, 1, 0], 4, 0.5, gradient), loss.item<float>(),
            1e-5 * (1 + Math.Abs(loss.item<float>())));
        Assert.All(gradient, slope => Assert.True(double.IsFinite(slope)));
    }

    private static void Equal(double[] expected, Tensor actual)
    {
        var values = actual.contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], values[index], 1e-12 * (1 + Math.Abs(expected[index])));
    }
}
