using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;

namespace W2S.Training.Tests;

/// <summary>
/// Gain and misfit of softmax heads on the representations of 2405.15116's synthetic study: random ReLU networks, inputs of standard
/// deviation 500, five classes, logits of standard deviation 2; the weak representation is the truth with noise of 0.05.
/// </summary>
public class ClassificationLawTests
{
    private const int Tasks = 2, Samples = 2000, Classes = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gain_is_misfit_on_the_fitting_sample_where_the_strong_representation_is_the_truth(bool hard)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var truth = HeadCases.Network(seed, "truth", 5);
            var weak = truth.Perturbed(0.05, new RandomStream(seed, "noise"), biases: false);
            TaskSamples own = HeadCases.Inputs(seed, "weak", Tasks, Samples), inputs = HeadCases.Inputs(seed, "student", Tasks, Samples);
            for (var task = 0; task < Tasks; task++)
            {
                double[] Features(MlpWeights network, TaskSamples of) =>
                    [.. HeadCases.Features(network, of).Task(task).ToArray().Select(value => (double)value)];
                var head = TrueHead(seed, task, Features(truth, own));
                var labels = head.Predict(Features(truth, own));
                var teacherFit = NewtonHeads.Fit(
                    Features(weak, own), hard ? SoftmaxCases.Drawn(task, labels, Classes) : labels, Samples, true);
                var teacher = teacherFit.Head.Predict(Features(weak, inputs));
                var studentFit = NewtonHeads.Fit(Features(truth, inputs), teacher, Samples, true);
                var student = studentFit.Head.Predict(Features(truth, inputs));
                var truths = head.Predict(Features(truth, inputs));

                Assert.True(teacherFit.Converged && studentFit.Converged, $"{teacherFit} {studentFit}");
                var objective = new CrossEntropy();
                var weakError = SoftmaxCases.Mean(Classes, teacher, truths, objective.Error);
                var gain = weakError - SoftmaxCases.Mean(Classes, student, truths, objective.Error);
                // What the fit leaves out of the truth (directions below 2/n of the widest) is all that may remain.
                Assert.Equal(SoftmaxCases.Mean(Classes, student, teacher, objective.Misfit), gain, 2e-5 * weakError);
            }
        }
    }

    /// <summary>A random head, its logits scaled to a pooled standard deviation of 2.</summary>
    private static SoftmaxHead TrueHead(long seed, int task, double[] features)
    {
        var head = SoftmaxCases.Head(seed, $"task {task}", 16, Classes, hasBias: false);
        var logits = head.Logits(features);
        var mean = logits.Average();
        var deviation = Math.Sqrt(logits.Average(logit => (logit - mean) * (logit - mean)));
        return new SoftmaxHead([.. head.Weights.Select(weight => 2 * weight / deviation)], head.Biases);
    }
}
