using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

public class FusedPretrainingTests
{
    private const int Cases = 30;

    public static TheoryData<InstructionSet> Sets => FusedCases.InstructionSets;

    [Theory, MemberData(nameof(Sets))]
    public void Features_are_those_of_the_double_precision_network(InstructionSet set)
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var reference = new DoublePrecisionMlp(problem);
            var features = new FusedEngine(2, set).Features(problem.Initial, problem.Inputs);
            var inputs = problem.Initial.Shape.Inputs;
            var expected = Enumerable.Range(0, problem.Inputs.Tasks * problem.Inputs.Samples)
                .SelectMany(row => reference.Represent(problem.Inputs.Values.AsSpan(row * inputs, inputs)));
            Assert.InRange(FusedCases.Distance(expected, features.Values), 0, 1e-5);
        }
    }

    /// <remarks>After one step from zero, the first moment is (1 − β₁) times the gradient.</remarks>
    [Theory, MemberData(nameof(Sets))]
    public void The_gradient_of_a_step_is_the_double_precision_one_to_1e_5(InstructionSet set)
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var reference = new DoublePrecisionMlp(problem);
            var loss = reference.Step(0);
            using var job = new FusedEngine(1, set).Pretrain(problem);
            job.Advance(0, 1);
            Assert.InRange(FusedCases.Distance(reference.FirstMoments, Moments(job, "first_moment.")), 0, 1e-5);
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / loss - 1), 0, 1e-5);
        }
    }

    /// <remarks>
    /// AdamW moves a weight by the sign of its gradient at first, and the sign of a gradient that is nearly zero depends
    /// on rounding: so most weights must agree, not all.
    /// </remarks>
    [Theory, MemberData(nameof(Sets))]
    public void Weights_and_losses_follow_the_double_precision_ones_over_forty_steps(InstructionSet set)
    {
        for (var number = 0; number < Cases / 2; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var reference = new DoublePrecisionMlp(problem);
            using var job = new FusedEngine(1, set).Pretrain(problem);
            var sum = 0.0;
            for (var step = 0; step < 40; step++) sum += reference.Step(step);
            job.Advance(0, 40);
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / (sum / 40) - 1), 0, 1e-3);
            var differences = reference.Parameters.Zip(
                job.Weights.Values, (expected, actual) => Math.Abs(expected - actual)).Order().ToArray();
            Assert.InRange(differences[differences.Length / 2], 0, 1e-5);
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Dead_units_get_no_gradient_and_only_decay(InstructionSet set)
    {
        var shape = new MlpShape(5, 20, 7, 3);
        var initial = MlpWeights.Initialise(shape, new RandomStream(1, "dead"));
        initial.Bias(1)[4] = -1e9f;
        var problem = FusedCases.Pretraining(shape, initial, 2, 50, new OptimiserOptions { WeightDecay = 0 }, 500, true, 1);
        using var job = new FusedEngine(1, set).Pretrain(problem);
        job.Advance(0, 100);
        Assert.Equal(initial.Weight(1).Slice(4 * 20, 20).ToArray(), job.Weights.Weight(1).Slice(4 * 20, 20).ToArray());
        Assert.Equal(-1e9f, job.Weights.Bias(1)[4]);
    }

    /// <remarks>
    /// Without flushing, 0.9 times the least denormal rounds to itself: the first moment of a dead unit would stay
    /// denormal for ever from step 900 on, and each step cost a hundred times more.
    /// </remarks>
    [Theory, MemberData(nameof(Sets))]
    public void Moments_of_dead_units_never_become_denormal(InstructionSet set)
    {
        var problem = FusedCases.Paper(depth: 2, tasks: 1, samples: 32);
        using var job = new FusedEngine(1, set).Pretrain(problem);
        job.Advance(0, 5);
        var state = FusedCases.State(job);
        state["layers.1.bias"] = NamedTensor.Of("layers.1.bias", [.. Enumerable.Repeat(-1e9f, 16)], 16);
        job.Load(state);
        job.Advance(5, 3000);
        Assert.All(Moments(job, "first_moment.").Concat(Moments(job, "second_moment.")), moment => Assert.False(float.IsSubnormal(moment)));
        Assert.All(Moments(job, "first_moment."), moment => Assert.Equal(0, moment));
    }

    [Theory, MemberData(nameof(Sets))]
    public void Cutting_a_run_into_other_chunks_does_not_change_a_bit(InstructionSet set)
    {
        JobLaws.ChunksDoNotMatter(() => new FusedEngine(1, set).Pretrain(FusedCases.Pretraining(7)), 100);
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits(InstructionSet set)
    {
        for (var number = 0; number < 12; number++)
        {
            var own = number;
            JobLaws.ASavedStateContinues(() => new FusedEngine(1, set).Pretrain(FusedCases.Pretraining(own)));
        }
    }

    [Fact]
    public void A_state_of_another_shape_is_refused_and_changes_nothing()
    {
        using var job = new FusedEngine(1).Pretrain(FusedCases.Paper(depth: 2, tasks: 1, samples: 40));
        using var other = new FusedEngine(1).Pretrain(FusedCases.Paper(depth: 3, tasks: 1, samples: 40));
        JobLaws.AnotherShapeIsRefused(job, other);
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_loss_that_is_not_finite_is_reported_with_its_exact_step(InstructionSet set)
    {
        var problem = FusedCases.Paper(depth: 3, tasks: 2, samples: 100);
        problem.Labels.Task(1)[17] = float.NaN;
        var order = new int[100];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 1, 2);
        var expected = problem.BatchesPerTask + Array.IndexOf(order, 17) / problem.Optimiser.Batch;
        using var job = new FusedEngine(1, set).Pretrain(problem);
        var exception = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, 8));
        Assert.Equal(expected, exception.Step);
        Assert.Contains("task 1", exception.Message);
        Assert.All(job.Weights.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_not_hidden_by_a_relu()
    {
        var problem = FusedCases.Paper(depth: 3, tasks: 1, samples: 40);
        problem.Initial.Bias(0)[3] = float.NaN;
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            using var job = new FusedEngine(1, set).Pretrain(problem);
            Assert.Equal(0, Assert.Throws<NonFiniteLossException>(() => job.Advance(0, 1)).Step);
        }
    }

    [Fact]
    public void Networks_wider_than_64_are_refused()
    {
        var wide = new MlpShape(8, 65, 16, 2);
        Assert.False(FusedEngine.Supports(wide));
        Assert.True(FusedEngine.Supports(new MlpShape(64, 1000, 64, 1)));
        var weights = MlpWeights.Initialise(wide, new RandomStream(0, "wide"));
        Assert.Throws<NotSupportedException>(() => new FusedEngine(1).Features(weights, new TaskSamples(1, 1, 8)));
    }

    private static IEnumerable<float> Moments(IEngine.IRepresentationJob job, string prefix) =>
        job.Save().Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))
            .SelectMany(tensor => tensor.As<float>().ToArray());
}
