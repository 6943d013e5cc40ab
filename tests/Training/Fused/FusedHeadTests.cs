using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Fused;

/// <summary>What holds for all heads that the kernels fit: squared errors under every link, and softmax heads.</summary>
public class FusedHeadTests
{
    private const int Cases = 45, Chunked = 15;

    /// <summary>Every instruction set with each kind of heads.</summary>
    public static TheoryData<InstructionSet, string> Kinds
    {
        get
        {
            var kinds = new TheoryData<InstructionSet, string>();
            foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
                foreach (var heads in new[] { FusedCases.SquaredHeads, FusedCases.SoftmaxHeads }) kinds.Add(set, heads);
            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_loss_and_the_gradient_of_a_step_are_the_double_precision_ones(InstructionSet set, string heads)
    {
        for (var number = 0; number < Cases; number++) AssertFirstStep(FusedCases.Of(heads, number), set);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Each_head_is_the_one_fitted_alone_in_double_precision(InstructionSet set, string heads)
    {
        const int steps = 30;
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Of(heads, number);
            using var job = new FusedEngine(2, set).FitHeads(problem);
            job.Advance(0, steps);
            var loss = 0.0;
            for (var task = 0; task < problem.Initial.Tasks; task++)
            {
                var reference = new DoublePrecisionHead(problem, task);
                for (var step = 0; step < steps; step++) loss += reference.Step(step) / steps / problem.Initial.Tasks;
                Assert.InRange(FusedCases.Distance(reference.Parameters, Parameters(job, task)), 0, 1e-4);
            }
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / loss - 1), 0, heads == FusedCases.SquaredHeads ? 1e-4 : 1e-5);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_samples_come_in_the_order_that_is_written_here(InstructionSet set, string heads)
    {
        // Two epochs of five samples in batches of two, of seed 7 and the stream "shuffle".
        int[][] batches = [[4, 3], [2, 1], [0], [0, 1], [3, 2], [4]];
        var problem = FusedCases.Of(heads, 20);
        problem = problem with
        {
            Features = TaskSamples.Gaussian(1, "features", problem.Initial.Tasks, 5, problem.Initial.Width, 1),
            Labels = TaskSamples.Gaussian(1, "labels", problem.Initial.Tasks, 5, problem.Initial.Outputs, 1),
            Optimiser = new OptimiserOptions { Batch = 2, LearningRate = 0.05 },
            Seed = 7,
        };
        using var job = new FusedEngine(1, set).FitHeads(problem);
        var reference = new DoublePrecisionHead(problem, 0);
        for (var step = 0; step < batches.Length; step++)
        {
            job.Advance(step, 1);
            reference.Step(step, batches[step]);
            Assert.InRange(FusedCases.Distance(reference.Parameters, Parameters(job, 0)), 0, 1e-5);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Neither_threads_nor_chunks_change_a_bit(InstructionSet set, string heads)
    {
        for (var number = 0; number < Chunked; number++)
        {
            var problem = FusedCases.Of(heads, number);
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

    [Theory, MemberData(nameof(Kinds))]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits(InstructionSet set, string heads)
    {
        for (var number = 0; number < Chunked; number++)
        {
            var own = number;
            JobLaws.ASavedStateContinues(() => new FusedEngine(1, set).FitHeads(FusedCases.Of(heads, own)));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_task_is_fitted_to_the_same_bits_whatever_tasks_stand_beside_it(InstructionSet set, string heads)
    {
        var all = First(heads, HasTwoGroups);
        var (last, initial) = (all.Initial.Tasks - 1, all.Initial);
        using var together = new FusedEngine(1, set).FitHeads(all);
        using var single = new FusedEngine(1, set).FitHeads(all with
        {
            Initial = initial.Slice(last, 1),
            Features = new TaskSamples(1, all.Features.Samples, initial.Width, all.Features.Task(last).ToArray()),
            Labels = new TaskSamples(1, all.Labels.Samples, all.Labels.Width, all.Labels.Task(last).ToArray()),
        });
        together.Advance(0, 50);
        single.Advance(0, 50);
        Assert.Equal(together.Heads.Weight(last).ToArray(), single.Heads.Weights);
        Assert.Equal(together.Heads.Bias(last).ToArray(), single.Heads.Biases);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Heads_without_bias_keep_biases_of_zero(InstructionSet set, string heads)
    {
        var problem = First(heads, problem => !problem.Initial.HasBias);
        using var job = new FusedEngine(1, set).FitHeads(problem);
        job.Advance(0, 20);
        Assert.All(job.Heads.Biases, bias => Assert.Equal(0, bias));
        Assert.NotEqual(problem.Initial.Weights, job.Heads.Weights);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_first_step_and_task_whose_loss_is_not_finite_are_reported(InstructionSet set, string heads)
    {
        var problem = First(heads, problem => HasTwoGroups(problem) && problem.Features.Samples >= 12);
        problem = problem with { Optimiser = new OptimiserOptions { Batch = 3 } };
        var (last, targets, order) = (problem.Initial.Tasks - 1, problem.Labels.Width, Order(problem));
        problem.Labels.Task(0)[order[3 * 3] * targets] = float.NaN;
        problem.Labels.Task(last)[order[3 * 2] * targets] = float.PositiveInfinity;
        using var job = new FusedEngine(2, set).FitHeads(problem);
        var exception = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch));
        Assert.Equal(2, exception.Step);
        Assert.Contains($"task {last}", exception.Message);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_sample_that_is_no_number_harms_no_batch_before_its_own(InstructionSet set, string heads)
    {
        // A ReLU makes 0 of what is no number.
        var problem = First(heads, problem => problem.Objective.Link != Link.Relu && Array.IndexOf(Order(problem), 0) >= 3);
        problem = problem with { Optimiser = new OptimiserOptions { Batch = 3 } };
        problem.Features.Task(0)[0] = float.NaN;
        using var job = new FusedEngine(1, set).FitHeads(problem);
        var exception = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch));
        Assert.Equal(Array.IndexOf(Order(problem), 0) / 3, exception.Step);
    }

    [Fact]
    public void Heads_that_the_kernels_or_the_loss_cannot_serve_are_refused()
    {
        var (engine, softmax) = (new FusedEngine(1), FusedCases.Softmax(3));
        Assert.False(FusedEngine.Supports(new LinearHeads(1, 65, true)));
        Assert.False(FusedEngine.Supports(new LinearHeads(1, 4, true, outputs: 17)));
        Assert.True(FusedEngine.Supports(new LinearHeads(1, 64, true, outputs: 16)));
        Assert.Throws<NotSupportedException>(() => engine.FitHeads(softmax with { Objective = new Squared() }));
        Assert.Throws<NotSupportedException>(() => engine.FitHeads(FusedCases.Heads(0) with { Objective = new Huber() }));
        Assert.Throws<NotSupportedException>(() => engine.FitHeads(FusedCases.Heads(0) with { Objective = new CrossEntropy() }));
        var ofNumbers = new TaskSamples(softmax.Labels.Tasks, softmax.Labels.Samples, 1);
        Assert.Throws<ArgumentException>(() => engine.FitHeads(softmax with { Labels = ofNumbers }));
    }

    /// <summary>One step without momentum: the first moment is the gradient.</summary>
    internal static void AssertFirstStep(HeadProblem problem, InstructionSet set)
    {
        problem = problem with { Optimiser = problem.Optimiser with { Beta1 = 0 } };
        using var job = new FusedEngine(1, set).FitHeads(problem);
        job.Advance(0, 1);
        var state = FusedCases.State(job);
        var (outputs, size) = (problem.Initial.Outputs, problem.Initial.Outputs * problem.Initial.Width);
        // Rounding leaves a probability off by 1e-7 or so, however small the gradient is that the batch adds up to.
        var rounding = problem.Objective.Link == Link.Softmax ? 3e-7 * problem.Features.Values.Max(Math.Abs) : 0;
        var losses = 0.0;
        for (var task = 0; task < problem.Initial.Tasks; task++)
        {
            var reference = new DoublePrecisionHead(problem, task);
            losses += reference.Step(0) / problem.Initial.Tasks;
            var actual = DoublePrecisionHead.Flat(
                state["first_moment.heads.weight"].As<float>().Slice(task * size, size),
                state["first_moment.heads.bias"].As<float>().Slice(task * outputs, outputs));
            var tolerance = 1e-5 * reference.FirstMoments.Max(Math.Abs) + rounding;
            foreach (var (expected, found) in reference.FirstMoments.Zip(actual)) Assert.Equal(expected, found, tolerance);
        }
        Assert.Equal(losses, job.TakeMeanLoss(), 1e-5 * losses + 1e-6);
    }

    private static IEnumerable<float> Parameters(IEngine.IHeadJob job, int task) =>
        DoublePrecisionHead.Flat(job.Heads.Weight(task), job.Heads.Bias(task));

    /// <summary>Heads are fitted eight at a time on AVX2 and sixteen on AVX-512.</summary>
    private static bool HasTwoGroups(HeadProblem problem) => problem.Initial.Tasks > 16;

    private static HeadProblem First(string heads, Func<HeadProblem, bool> fits) =>
        Enumerable.Range(0, 100).Select(number => FusedCases.Of(heads, number)).First(fits);

    private static int[] Order(HeadProblem problem)
    {
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 0, 1);
        return order;
    }
}
