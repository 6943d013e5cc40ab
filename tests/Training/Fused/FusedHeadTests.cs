using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

public class FusedHeadTests
{
    private const int Cases = 30;

    public static TheoryData<InstructionSet> Sets => FusedCases.InstructionSets;

    [Theory, MemberData(nameof(Sets))]
    public void Each_head_is_the_one_fitted_alone_in_double_precision(InstructionSet set)
    {
        const int steps = 30;
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Heads(number);
            using var job = new FusedEngine(2, set).FitHeads(problem);
            job.Advance(0, steps);
            var loss = 0.0;
            for (var task = 0; task < problem.Initial.Tasks; task++)
            {
                var reference = new DoublePrecisionHead(problem, task);
                for (var step = 0; step < steps; step++) loss += reference.Step(step) / steps / problem.Initial.Tasks;
                Assert.InRange(FusedCases.Distance(reference.Parameters, job.Heads.Weight(task).ToArray().Append(job.Heads.Biases[task])), 0, 1e-4);
            }
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / loss - 1), 0, 1e-4);
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void The_gradient_of_a_step_is_the_double_precision_one_to_1e_5(InstructionSet set)
    {
        for (var number = 0; number < Cases; number++)
        {
            // One step without momentum: the first moment is the gradient.
            var problem = FusedCases.Heads(number);
            problem = problem with { Optimiser = problem.Optimiser with { Beta1 = 0 } };
            using var job = new FusedEngine(1, set).FitHeads(problem);
            job.Advance(0, 1);
            var state = FusedCases.State(job);
            for (var task = 0; task < problem.Initial.Tasks; task++)
            {
                var reference = new DoublePrecisionHead(problem, task);
                reference.Step(0);
                var weights = state["first_moment.heads.weight"].As<float>().Slice(task * problem.Initial.Width, problem.Initial.Width).ToArray();
                Assert.InRange(FusedCases.Distance(reference.FirstMoments, weights.Append(state["first_moment.heads.bias"].As<float>()[task])), 0, 1e-5);
            }
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Neither_threads_nor_chunks_change_a_bit(InstructionSet set)
    {
        for (var number = 0; number < 12; number++)
        {
            var problem = FusedCases.Heads(number);
            using var whole = new FusedEngine(1, set).FitHeads(problem);
            using var cut = new FusedEngine(3, set).FitHeads(problem);
            whole.Advance(0, 90);
            cut.Advance(0, 1);
            cut.Advance(1, 46);
            cut.Advance(47, 43);
            Assert.Equal(FusedCases.Bytes(whole), FusedCases.Bytes(cut));
            Assert.Equal(whole.TakeMeanLoss(), cut.TakeMeanLoss());
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits(InstructionSet set)
    {
        for (var number = 0; number < 12; number++)
        {
            var own = number;
            JobLaws.ASavedStateContinues(() => new FusedEngine(1, set).FitHeads(FusedCases.Heads(own)));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_task_is_fitted_to_the_same_bits_whatever_tasks_stand_beside_it(InstructionSet set)
    {
        var all = FusedCases.Heads(8);
        var width = all.Initial.Width;
        var last = all.Initial.Tasks - 1;
        var alone = new LinearHeads(1, width, all.Initial.HasBias, all.Initial.Activation);
        all.Initial.Weight(last).CopyTo(alone.Weight(0));
        alone.Biases[0] = all.Initial.Biases[last];
        using var together = new FusedEngine(1, set).FitHeads(all);
        using var single = new FusedEngine(1, set).FitHeads(all with
        {
            Initial = alone,
            Features = new TaskSamples(1, all.Features.Samples, width, all.Features.Task(last).ToArray()),
            Labels = new TaskSamples(1, all.Labels.Samples, 1, all.Labels.Task(last).ToArray()),
        });
        together.Advance(0, 50);
        single.Advance(0, 50);
        Assert.Equal(together.Heads.Weight(last).ToArray(), single.Heads.Weights);
    }

    [Theory, MemberData(nameof(Sets))]
    public void Heads_without_bias_keep_a_bias_of_zero(InstructionSet set)
    {
        var problem = FusedCases.Heads(20);
        Assert.False(problem.Initial.HasBias);
        using var job = new FusedEngine(1, set).FitHeads(problem);
        job.Advance(0, 20);
        Assert.All(job.Heads.Biases, bias => Assert.Equal(0, bias));
    }

    [Theory, MemberData(nameof(Sets))]
    public void The_first_step_and_task_whose_loss_is_not_finite_are_reported(InstructionSet set)
    {
        var problem = FusedCases.Heads(1) with { Optimiser = new OptimiserOptions { Batch = 4 } };
        var tasks = problem.Initial.Tasks;
        Assert.True(tasks > 8, "The case must have two groups.");
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 0, 1);
        problem.Labels.Task(0)[order[4 * 3]] = float.NaN;
        problem.Labels.Task(tasks - 1)[order[4 * 2]] = float.PositiveInfinity;
        using var job = new FusedEngine(2, set).FitHeads(problem);
        var exception = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch));
        Assert.Equal(2, exception.Step);
        Assert.Contains($"task {tasks - 1}", exception.Message);
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_sample_that_is_no_number_harms_no_batch_before_its_own(InstructionSet set)
    {
        var problem = FusedCases.Heads(1) with { Optimiser = new OptimiserOptions { Batch = 3 } };
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 0, 1);
        var step = Array.IndexOf(order, 0) / 3;
        Assert.True(step > 0, "The first sample must not come first.");
        problem.Features.Task(0)[0] = float.NaN;
        using var job = new FusedEngine(1, set).FitHeads(problem);
        Assert.Equal(step, Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch)).Step);
    }

    [Fact]
    public void Heads_wider_than_64_are_refused() =>
        Assert.False(FusedEngine.Supports(new LinearHeads(1, 65, true, HeadActivation.None)));
}
