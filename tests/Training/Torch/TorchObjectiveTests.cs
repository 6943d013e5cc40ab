using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;
using W2S.Training.Tests.Fused;

namespace W2S.Training.Tests.Torch;

/// <summary>Heads by every objective there is, on the torch engine.</summary>
[Collection(nameof(TorchTests))]
public class TorchObjectiveTests
{
    private const int Tasks = 3, Samples = 40, Width = 6, Classes = 3;

    private static readonly TorchEngine Engine = new("cpu", 1);

    public static TheoryData<string> Names => [.. ObjectiveKind.All.Select(kind => kind.Name)];

    /// <remarks>
    /// Against the objective's own definition in float64: after one step from zero, the first moment is (1 − β₁) times the
    /// gradient.
    /// </remarks>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_first_step_is_along_the_gradient_of_the_mean_loss_of_each_task(string name)
    {
        var problem = Problem(name);
        var (objective, initial) = (problem.Objective, problem.Initial);
        using var job = Engine.FitHeads(problem);
        job.Advance(0, 1);
        var moments = FusedCases.State(job)["first_moment"].As<float>().ToArray();
        var rows = new int[Samples];
        EpochOrder.Fill(rows, problem.Seed, problem.Stream, 0, 0, 1);
        var batch = rows[..problem.Optimiser.Batch];
        var read = initial.Outputs - objective.ConstantOutputs(Classes);
        var loss = 0.0;
        for (var task = 0; task < Tasks; task++)
        {
            var (logits, labels) = (new double[batch.Length * initial.Outputs], new double[batch.Length * Classes]);
            for (var row = 0; row < batch.Length; row++)
            {
                var features = problem.Features.Task(task).Slice(batch[row] * Width, Width);
                for (var output = 0; output < initial.Outputs; output++)
                {
                    logits[row * initial.Outputs + output] = initial.Bias(task)[output];
                    for (var unit = 0; unit < (output < read ? Width : 0); unit++)
                        logits[row * initial.Outputs + output] += initial.Weight(task)[output * Width + unit] * features[unit];
                }
                for (var target = 0; target < Classes; target++)
                    labels[row * Classes + target] = problem.Labels.Task(task)[batch[row] * Classes + target];
            }
            var gradient = new double[logits.Length];
            loss += objective.Loss(logits, labels, batch.Length, 0, gradient) / Tasks;
            for (var output = 0; output < initial.Outputs; output++)
            {
                var bias = Enumerable.Range(0, batch.Length).Sum(row => gradient[row * initial.Outputs + output]);
                Assert.Equal(0.1 * bias, moments[(Tasks * initial.Outputs * Width) + task * initial.Outputs + output], 1e-6);
                for (var unit = 0; unit < Width; unit++)
                {
                    var weight = output >= read ? 0 : Enumerable.Range(0, batch.Length)
                        .Sum(row => gradient[row * initial.Outputs + output] * problem.Features.Task(task)[batch[row] * Width + unit]);
                    Assert.Equal(0.1 * weight, moments[(task * initial.Outputs + output) * Width + unit], 1e-6);
                }
            }
        }
        Assert.Equal(loss, job.TakeMeanLoss(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_state_continues_with_the_same_bits(string name) =>
        JobLaws.ASavedStateContinues(() => Engine.FitHeads(Problem(name)));

    [Fact]
    public void Heads_that_do_not_fit_the_objective_are_refused_by_name()
    {
        var problem = Problem("cross-entropy");
        var scalar = new LinearHeads(Tasks, Width, hasBias: true);
        Assert.Contains(
            "3 outputs, not 1", Assert.Throws<ArgumentException>(() => Engine.FitHeads(problem with { Initial = scalar })).Message);
    }

    private static HeadProblem Problem(string name)
    {
        var objective = ObjectiveKind.Named(name).Create(null);
        var random = new RandomStream(7, name);
        var (features, labels) = (new TaskSamples(Tasks, Samples, Width), new TaskSamples(Tasks, Samples, Classes));
        foreach (ref var value in features.Values.AsSpan()) value = (float)random.NextNormal();
        for (var row = 0; row < Tasks * Samples; row++)
        {
            var label = labels.Values.AsSpan(row * Classes, Classes);
            foreach (ref var share in label) share = (float)(0.05 + random.NextDouble());
            var sum = label[0] + label[1] + label[2];
            foreach (ref var share in label) share /= sum;
        }
        var heads = LinearHeads.Initialise(7, "initial", Tasks, Width, hasBias: true, objective.Outputs(Classes));
        return new HeadProblem(name, heads, features, labels, new OptimiserOptions { Batch = 16, Epochs = 30 }, 7, "order")
        {
            Objective = objective,
        };
    }
}
