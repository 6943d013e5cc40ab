using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

public class FusedSoftmaxTests
{
    private const int Cases = 45;

    public static TheoryData<InstructionSet> Sets => FusedCases.InstructionSets;

    [Theory, MemberData(nameof(Sets))]
    public void The_loss_and_the_gradient_of_a_step_are_the_double_precision_ones(InstructionSet set)
    {
        for (var number = 0; number < Cases; number++)
        {
            // One step without momentum: the first moment is the gradient.
            var problem = FusedCases.Softmax(number);
            problem = problem with { Optimiser = problem.Optimiser with { Beta1 = 0 } };
            AssertFirstStep(problem, set);
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Each_head_is_the_one_fitted_alone_in_double_precision(InstructionSet set)
    {
        const int steps = 30;
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Softmax(number);
            using var job = new FusedEngine(2, set).FitHeads(problem);
            job.Advance(0, steps);
            var loss = 0.0;
            for (var task = 0; task < problem.Initial.Tasks; task++)
            {
                var reference = new DoublePrecisionSoftmaxHead(problem, task);
                for (var step = 0; step < steps; step++)
                    loss += reference.Step(step, DoublePrecisionSoftmaxHead.Batch(problem, step)) / steps / problem.Initial.Tasks;
                Assert.InRange(FusedCases.Distance(reference.Parameters, DoublePrecisionSoftmaxHead.Flat(job.Heads.Weight(task), job.Heads.Bias(task))), 0, 1e-4);
            }
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / loss - 1), 0, 1e-5);
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void The_samples_come_in_the_order_that_is_written_here(InstructionSet set)
    {
        // Two epochs of five samples in batches of two, of seed 7 and the stream "shuffle".
        int[][] batches = [[4, 3], [2, 1], [0], [0, 1], [3, 2], [4]];
        var problem = FusedCases.Softmax(20);
        problem = problem with
        {
            Features = GaussianInputs.Draw(1, "features", problem.Initial.Tasks, 5, problem.Initial.Width, 1),
            Labels = GaussianInputs.Draw(1, "labels", problem.Initial.Tasks, 5, problem.Initial.Outputs, 1),
            Optimiser = new OptimiserOptions { Batch = 2, LearningRate = 0.05 },
            Seed = 7,
        };
        using var job = new FusedEngine(1, set).FitHeads(problem);
        var reference = new DoublePrecisionSoftmaxHead(problem, 0);
        for (var step = 0; step < batches.Length; step++)
        {
            job.Advance(step, 1);
            reference.Step(step, batches[step]);
            Assert.InRange(FusedCases.Distance(reference.Parameters, DoublePrecisionSoftmaxHead.Flat(job.Heads.Weight(0), job.Heads.Bias(0))), 0, 1e-5);
        }
    }

    /// <remarks>Weights of −1, 0 and 1 on a feature of 10,000 make logits that a float holds exactly, ties among them.</remarks>
    [Theory, MemberData(nameof(Sets))]
    public void Logits_of_ten_thousand_saturate_without_harm(InstructionSet set)
    {
        for (var classes = 2; classes <= 16; classes++)
        {
            var heads = new LinearHeads(3, 1, hasBias: true, HeadActivation.None, classes);
            var random = new RandomStream(classes, "extreme");
            foreach (ref var weight in heads.Weights.AsSpan()) weight = random.NextInt(3) - 1;
            var features = new TaskSamples(3, 7, 1);
            features.Values.AsSpan().Fill(1e4f);
            var labels = new TaskSamples(3, 7, classes);
            for (var sample = 0; sample < 21; sample++) labels.Values[sample * classes + random.NextInt(classes)] = 1;
            var problem = new HeadProblem("extreme", heads, features, labels, new OptimiserOptions { Batch = 3, Beta1 = 0 }, classes, "shuffle") { Objective = new CrossEntropy() };
            AssertFirstStep(problem, set);
            using var job = new FusedEngine(1, set).FitHeads(problem);
            job.Advance(0, 100);
            Assert.True(double.IsFinite(job.TakeMeanLoss()));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Neither_threads_nor_chunks_change_a_bit(InstructionSet set)
    {
        for (var number = 0; number < 15; number++)
        {
            var problem = FusedCases.Softmax(number);
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
        for (var number = 0; number < 15; number++)
        {
            var own = number;
            JobLaws.ASavedStateContinues(() => new FusedEngine(1, set).FitHeads(FusedCases.Softmax(own)));
        }
    }

    [Fact]
    public void A_state_with_another_number_of_classes_is_refused_and_changes_nothing()
    {
        var engine = new FusedEngine(1);
        using var job = engine.FitHeads(FusedCases.Softmax(3));
        using var other = engine.FitHeads(FusedCases.Softmax(4));
        JobLaws.AnotherShapeIsRefused(job, other);
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_task_is_fitted_to_the_same_bits_whatever_tasks_stand_beside_it(InstructionSet set)
    {
        var all = FusedCases.Softmax(7);
        Assert.True(all.Initial.Tasks > 8, "The case must have two groups.");
        var (last, initial) = (all.Initial.Tasks - 1, all.Initial);
        var alone = new LinearHeads(1, initial.Width, initial.HasBias, initial.Activation, initial.Outputs);
        initial.Weight(last).CopyTo(alone.Weights);
        initial.Bias(last).CopyTo(alone.Biases);
        using var together = new FusedEngine(1, set).FitHeads(all);
        using var single = new FusedEngine(1, set).FitHeads(all with
        {
            Initial = alone,
            Features = new TaskSamples(1, all.Features.Samples, initial.Width, all.Features.Task(last).ToArray()),
            Labels = new TaskSamples(1, all.Labels.Samples, initial.Outputs, all.Labels.Task(last).ToArray()),
        });
        together.Advance(0, 50);
        single.Advance(0, 50);
        Assert.Equal(together.Heads.Weight(last).ToArray(), single.Heads.Weights);
        Assert.Equal(together.Heads.Bias(last).ToArray(), single.Heads.Biases);
    }

    [Theory, MemberData(nameof(Sets))]
    public void Heads_without_bias_keep_biases_of_zero(InstructionSet set)
    {
        var problem = FusedCases.Softmax(4);
        Assert.False(problem.Initial.HasBias);
        using var job = new FusedEngine(1, set).FitHeads(problem);
        job.Advance(0, 20);
        Assert.All(job.Heads.Biases, bias => Assert.Equal(0, bias));
        Assert.NotEqual(problem.Initial.Weights, job.Heads.Weights);
    }

    [Theory, MemberData(nameof(Sets))]
    public void The_first_step_and_task_whose_loss_is_not_finite_are_reported(InstructionSet set)
    {
        var problem = FusedCases.Softmax(7) with { Optimiser = new OptimiserOptions { Batch = 3 } };
        var (tasks, classes, width) = (problem.Initial.Tasks, problem.Initial.Outputs, problem.Initial.Width);
        Assert.True(tasks > 8, "The case must have two groups.");
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 0, 1);
        problem.Labels.Task(0)[order[3 * 3] * classes + 1] = float.NaN;
        problem.Features.Task(tasks - 1)[order[3 * 2] * width] = float.PositiveInfinity;
        using var job = new FusedEngine(2, set).FitHeads(problem);
        var exception = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch));
        Assert.Equal(2, exception.Step);
        Assert.Contains($"task {tasks - 1}", exception.Message);
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_sample_that_is_no_number_harms_no_batch_before_its_own(InstructionSet set)
    {
        var problem = FusedCases.Softmax(7) with { Optimiser = new OptimiserOptions { Batch = 3 } };
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 0, 1);
        var step = Array.IndexOf(order, 0) / 3;
        Assert.True(step > 0, "The first sample must not come first.");
        problem.Features.Task(0)[0] = float.NaN;
        using var job = new FusedEngine(1, set).FitHeads(problem);
        Assert.Equal(step, Assert.Throws<NonFiniteLossException>(() => job.Advance(0, problem.StepsPerEpoch)).Step);
    }

    [Fact]
    public void Heads_that_the_kernels_or_the_loss_cannot_serve_are_refused()
    {
        var engine = new FusedEngine(1);
        var problem = FusedCases.Softmax(3);
        Assert.False(FusedEngine.Supports(new LinearHeads(1, 4, true, HeadActivation.None, outputs: 17)));
        Assert.True(FusedEngine.Supports(new LinearHeads(1, 64, true, HeadActivation.None, outputs: 16)));
        Assert.Throws<NotSupportedException>(() => engine.FitHeads(problem with { Objective = new Squared() }));
        Assert.Throws<NotSupportedException>(() => engine.FitHeads(FusedCases.Heads(0) with { Objective = new CrossEntropy() }));
        Assert.Throws<ArgumentException>(() => engine.FitHeads(problem with { Labels = new TaskSamples(problem.Labels.Tasks, problem.Labels.Samples, 1) }));
    }

    /// <summary>Rounding leaves a probability off by 1e-7 or so, however small the gradient is that the batch adds up to.</summary>
    private static void AssertFirstStep(HeadProblem problem, InstructionSet set)
    {
        using var job = new FusedEngine(1, set).FitHeads(problem);
        job.Advance(0, 1);
        var state = FusedCases.State(job);
        var (classes, size) = (problem.Initial.Outputs, problem.Initial.Outputs * problem.Initial.Width);
        var largest = problem.Features.Values.Max(Math.Abs);
        var losses = 0.0;
        for (var task = 0; task < problem.Initial.Tasks; task++)
        {
            var reference = new DoublePrecisionSoftmaxHead(problem, task);
            losses += reference.Step(0, DoublePrecisionSoftmaxHead.Batch(problem, 0)) / problem.Initial.Tasks;
            var actual = DoublePrecisionSoftmaxHead.Flat(
                state["first_moment.heads.weight"].As<float>().Slice(task * size, size), state["first_moment.heads.bias"].As<float>().Slice(task * classes, classes));
            var tolerance = 1e-5 * reference.FirstMoments.Max(Math.Abs) + 3e-7 * largest;
            foreach (var (expected, found) in reference.FirstMoments.Zip(actual)) Assert.Equal(expected, found, tolerance);
        }
        Assert.Equal(losses, job.TakeMeanLoss(), 1e-6 * losses + 1e-6);
    }
}
