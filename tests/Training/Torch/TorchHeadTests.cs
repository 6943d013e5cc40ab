using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class TorchHeadTests
{
    private const int Cases = 20;

    private static readonly TorchEngine Engine = new("cpu", 1);

    [Fact]
    public void The_gradient_of_the_first_step_is_the_double_precision_one_for_every_activation()
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Heads(number);
            using var job = Engine.FitHeads(problem);
            job.Advance(0, 1);
            var (tasks, width) = (problem.Initial.Tasks, problem.Initial.Width);
            var moments = FusedCases.State(job)["first_moment"].As<float>().ToArray();
            var losses = 0.0;
            for (var task = 0; task < tasks; task++)
            {
                var reference = new DoublePrecisionHead(problem, task);
                losses += reference.Step(0) / tasks;
                if (reference.FirstMoments.All(moment => moment == 0)) continue;
                float[] bias = problem.Initial.HasBias ? [moments[tasks * width + task]] : [];
                float[] actual = [.. moments[(task * width)..((task + 1) * width)], .. bias];
                Assert.InRange(FusedCases.Distance(reference.FirstMoments.Take(actual.Length), actual), 0, 1e-5);
            }
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / losses - 1), 0, 1e-5);
        }
    }

    [Fact]
    public void All_tasks_together_get_what_each_gets_alone()
    {
        for (var number = 0; number < 8; number++)
        {
            var problem = FusedCases.Heads(number);
            using var together = Engine.FitHeads(problem);
            together.Advance(0, 40);
            var heads = together.Heads;
            for (var task = 0; task < problem.Initial.Tasks; task += 3)
            {
                using var alone = Engine.FitHeads(OnlyTask(problem, task));
                alone.Advance(0, 40);
                foreach (var (expected, actual) in alone.Heads.Weights.Zip(heads.Weight(task).ToArray()))
                    Assert.Equal(expected, actual, 1e-4);
                Assert.Equal(alone.Heads.Biases[0], heads.Biases[task], 1e-4);
            }
        }
    }

    [Fact]
    public void Heads_without_bias_keep_none()
    {
        var problem = FusedCases.Heads(5);
        Assert.False(problem.Initial.HasBias);
        using var job = Engine.FitHeads(problem);
        job.Advance(0, 10);
        Assert.All(job.Heads.Biases, bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void Cutting_a_run_into_other_chunks_does_not_change_a_bit()
    {
        JobLaws.ChunksDoNotMatter(() => Engine.FitHeads(FusedCases.Heads(6)), 300);
    }

    [Fact]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits()
    {
        for (var number = 0; number < 8; number++)
        {
            var own = number;
            JobLaws.ASavedStateContinues(() => Engine.FitHeads(FusedCases.Heads(own)));
        }
    }

    [Fact]
    public void A_label_that_is_no_number_stops_the_fit_at_its_step()
    {
        var problem = FusedCases.Heads(1);
        problem.Labels.Task(0)[^1] = float.NaN;
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 0, 1);
        using var job = Engine.FitHeads(problem);

        var error = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch));

        Assert.Equal(Array.IndexOf(order, order.Length - 1) / problem.Optimiser.Batch, error.Step);
        Assert.Equal(problem.Initial.Weights, job.Heads.Weights);
    }

    [Fact]
    public void Steps_leave_no_tensor_behind_and_neither_does_a_finished_job()
    {
        var outside = TorchTests.LivingTensors();
        using (var job = Engine.FitHeads(FusedCases.Heads(2)))
        {
            job.Advance(0, 10);
            var before = TorchTests.LivingTensors();
            job.Advance(10, 500);
            _ = job.Heads;
            Assert.Equal(before, Tensor.TotalCount);
        }
        Assert.Equal(outside + (FusedCases.Heads(2).Initial.HasBias ? 2 : 1), TorchTests.LivingTensors());
    }

    private static HeadProblem OnlyTask(HeadProblem problem, int task)
    {
        var initial = problem.Initial;
        var heads = new LinearHeads(1, initial.Width, initial.HasBias);
        initial.Weight(task).CopyTo(heads.Weights);
        heads.Biases[0] = initial.Biases[task];
        var features = new TaskSamples(1, problem.Features.Samples, initial.Width, problem.Features.Task(task).ToArray());
        var labels = new TaskSamples(1, problem.Labels.Samples, 1, problem.Labels.Task(task).ToArray());
        return problem with { Initial = heads, Features = features, Labels = labels };
    }
}
