using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class TorchPretrainingTests
{
    private const int Cases = 20;

    private static readonly TorchEngine Engine = new("cpu", 1);

    [Fact]
    public void Features_are_those_of_the_double_precision_network()
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var reference = new DoublePrecisionMlp(problem);
            var inputs = problem.Initial.Shape.Inputs;
            var expected = Enumerable.Range(0, problem.Inputs.Tasks * problem.Inputs.Samples)
                .SelectMany(row => reference.Represent(problem.Inputs.Values.AsSpan(row * inputs, inputs)));
            Assert.InRange(FusedCases.Distance(expected, Engine.Features(problem.Initial, problem.Inputs).Values), 0, 1e-5);
        }
    }

    /// <remarks>After one step from zero, the first moment is (1 − β₁) times the gradient.</remarks>
    [Fact]
    public void The_gradient_of_the_first_step_is_the_double_precision_one()
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var reference = new DoublePrecisionMlp(problem);
            var loss = reference.Step(0);
            using var job = Engine.Pretrain(problem);
            job.Advance(0, 1);
            Assert.InRange(
                FusedCases.Distance(reference.FirstMoments, FusedCases.State(job)["first_moment"].As<float>().ToArray()), 0, 1e-5);
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / loss - 1), 0, 1e-5);
        }
    }

    /// <remarks>
    /// Small gradients have signs that depend on rounding, and Adam steps by signs: hence the loose bound on single weights.
    /// </remarks>
    [Fact]
    public void Weights_and_losses_follow_the_double_precision_ones_over_twenty_steps()
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var reference = new DoublePrecisionMlp(problem);
            using var job = Engine.Pretrain(problem);
            var sum = 0.0;
            for (var step = 0; step < 20; step++) sum += reference.Step(step);
            job.Advance(0, 20);
            Assert.InRange(Math.Abs(job.TakeMeanLoss() / (sum / 20) - 1), 0, 1e-3);
            var differences = reference.Parameters.Zip(
                job.Weights.Values, (expected, actual) => Math.Abs(expected - actual)).Order().ToArray();
            Assert.InRange(differences[differences.Length * 9 / 10], 0, 1e-5 * Math.Max(1, reference.Parameters.Max(Math.Abs)));
        }
    }

    [Fact]
    public void Cutting_a_run_into_other_chunks_does_not_change_a_bit()
    {
        JobLaws.ChunksDoNotMatter(() => Engine.Pretrain(FusedCases.Pretraining(7)), 300);
    }

    [Fact]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits()
    {
        for (var number = 0; number < 6; number++)
        {
            var own = number;
            JobLaws.ASavedStateContinues(() => Engine.Pretrain(FusedCases.Pretraining(own)));
        }
    }

    [Fact]
    public void A_state_of_another_shape_is_refused_and_changes_nothing()
    {
        using var job = Engine.Pretrain(FusedCases.Paper(depth: 2, tasks: 1, samples: 40));
        using var other = Engine.Pretrain(FusedCases.Paper(depth: 3, tasks: 1, samples: 40));
        JobLaws.AnotherShapeIsRefused(job, other);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_reported_with_its_exact_step_and_leaves_the_job_as_it_was()
    {
        var problem = FusedCases.Paper(depth: 3, tasks: 2, samples: 100);
        problem.Labels.Task(1)[17] = float.NaN;
        var order = new int[100];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, 0, 1, 2);
        var expected = problem.BatchesPerTask + Array.IndexOf(order, 17) / problem.Optimiser.Batch;
        using var job = Engine.Pretrain(problem);
        var before = FusedCases.Bytes(job);

        var error = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, 8));

        Assert.Equal(expected, error.Step);
        Assert.Contains("task 1", error.Message);
        Assert.Equal(before, FusedCases.Bytes(job));
    }

    [Fact]
    public void The_frozen_heads_do_not_move()
    {
        var problem = FusedCases.Paper(depth: 2, tasks: 2, samples: 40);
        float[] before = [.. problem.Heads.Weights, .. problem.Heads.Biases];
        using var job = Engine.Pretrain(problem);
        job.Advance(0, 10);
        Assert.Equal(before, problem.Heads.Weights.Concat(problem.Heads.Biases));
        Assert.NotEqual(problem.Initial.Values, job.Weights.Values);
    }

    [Fact]
    public void Dead_units_only_decay_and_their_moments_never_become_denormal()
    {
        var shape = new MlpShape(5, 20, 7, 3);
        var initial = MlpWeights.Initialise(shape, new RandomStream(1, "dead"));
        var problem = FusedCases.Pretraining(shape, initial, 2, 50, new OptimiserOptions { WeightDecay = 0 }, 1, true, 1);
        using var job = Engine.Pretrain(problem);
        job.Advance(0, 3);
        var state = FusedCases.State(job);
        new MlpWeights(shape, initial.Values).Bias(1)[4] = -1e9f;
        state["layers.1.bias"] = NamedTensor.Of("layers.1.bias", initial.Bias(1), 20);
        job.Load(state);
        job.Advance(3, 1300);

        Assert.Equal(-1e9f, job.Weights.Bias(1)[4]);
        Assert.DoesNotContain(FusedCases.State(job)["first_moment"].As<float>().ToArray(), float.IsSubnormal);
        Assert.DoesNotContain(FusedCases.State(job)["second_moment"].As<float>().ToArray(), float.IsSubnormal);
    }

    [Fact]
    public void Steps_leave_no_tensor_behind_and_neither_does_a_finished_job()
    {
        var problem = FusedCases.Paper(depth: 3, tasks: 2, samples: 100);
        var outside = TorchTests.LivingTensors();
        using (var job = Engine.Pretrain(problem))
        {
            job.Advance(0, 10);
            var before = TorchTests.LivingTensors();
            job.Advance(10, 500);
            job.TakeMeanLoss();
            job.Save();
            Assert.Equal(before, Tensor.TotalCount);
        }
        Assert.Equal(outside + 2 * problem.Initial.Shape.Depth, TorchTests.LivingTensors());
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("meta")]
    [InlineData("cuda:99")]
    public void A_device_that_is_not_there_is_a_mistake_of_the_user(string device) =>
        Assert.Contains(device, Assert.Throws<UserErrorException>(() => new TorchEngine(device, 1)).Message);
}
