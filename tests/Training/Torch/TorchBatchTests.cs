using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Torch;

/// <summary>Seeds in one program get what each gets alone, up to the order of summation.</summary>
[Collection(nameof(TorchTests))]
public class TorchBatchTests
{
    private static readonly TorchEngine Engine = new("cpu", 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Each_representation_has_the_gradient_and_the_loss_that_it_has_alone(int depth)
    {
        var problems = Representations(depth, 5);
        using var together = Engine.PretrainTogether(problems);
        together.Advance(0, 1);
        together.TakeMeanLoss();
        var members = together.SaveMembers();
        for (var member = 0; member < problems.Length; member++)
        {
            using var alone = Engine.Pretrain(problems[member]);
            alone.Advance(0, 1);
            Assert.InRange(together.MemberLosses.Single()[member] / alone.TakeMeanLoss(), 1 - 1e-5, 1 + 1e-5);
            Assert.InRange(Distance(FusedCases.State(alone), members[member], "first_moment"), 0, 1e-5);
        }
    }

    [Fact]
    public void A_member_goes_on_alone_from_what_it_saved_and_stays_on_its_path()
    {
        var problems = Representations(3, 4);
        using var together = Engine.PretrainTogether(problems);
        together.Advance(0, 5);
        together.TakeMeanLoss();
        using var resumed = Engine.Pretrain(problems[2]);
        using var alone = Engine.Pretrain(problems[2]);
        resumed.Load(together.SaveMembers()[2].ToDictionary(tensor => tensor.Name));
        resumed.Advance(5, 5);
        alone.Advance(0, 5);
        alone.TakeMeanLoss();
        alone.Advance(5, 5);
        Assert.InRange(resumed.TakeMeanLoss() / alone.TakeMeanLoss(), 1 - 1e-3, 1 + 1e-3);
    }

    [Fact]
    public void Each_seeds_heads_are_those_that_it_gets_alone()
    {
        var problems = Heads(6);
        using var together = Engine.FitHeadsTogether(problems);
        together.Advance(0, 100);
        together.TakeMeanLoss();
        for (var member = 0; member < problems.Length; member++)
        {
            using var alone = Engine.FitHeads(problems[member]);
            alone.Advance(0, 100);
            Assert.InRange(together.MemberLosses.Single()[member] / alone.TakeMeanLoss(), 1 - 1e-4, 1 + 1e-4);
            Assert.InRange(FusedCases.Distance(alone.Heads.Weights.Select(weight => (double)weight), together.Heads[member].Weights), 0, 1e-4);
            Assert.InRange(FusedCases.Distance(alone.Heads.Biases.Select(bias => (double)bias), together.Heads[member].Biases), 0, 1e-4);
        }
    }

    [Fact]
    public void Cutting_a_run_into_other_stretches_does_not_change_a_bit()
    {
        JobLaws.StretchesDoNotMatter(() => Engine.PretrainTogether(Representations(3, 3)), 300);
        JobLaws.StretchesDoNotMatter(() => Engine.FitHeadsTogether(Heads(3)), 300);
    }

    [Fact]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits_and_the_same_history()
    {
        JobLaws.ASavedStateContinues(() => Engine.PretrainTogether(Representations(3, 3)));
        JobLaws.ASavedStateContinues(() => Engine.FitHeadsTogether(Heads(3)));

        using var job = Engine.PretrainTogether(Representations(2, 3));
        using var resumed = Engine.PretrainTogether(Representations(2, 3));
        job.Advance(0, 3);
        job.TakeMeanLoss();
        job.Advance(3, 3);
        job.TakeMeanLoss();
        resumed.Load(FusedCases.State(job));
        Assert.Equal(job.MemberLosses, resumed.MemberLosses);
    }

    [Fact]
    public void A_state_of_other_company_is_refused_and_changes_nothing()
    {
        using var job = Engine.PretrainTogether(Representations(2, 3));
        using var other = Engine.PretrainTogether(Representations(2, 4));
        JobLaws.AnotherShapeIsRefused(job, other);
    }

    [Fact]
    public void Only_what_is_alike_trains_together()
    {
        Assert.Throws<ArgumentException>(() => Engine.PretrainTogether([.. Representations(2, 2), .. Representations(3, 1)]));
        Assert.Throws<ArgumentException>(() => Engine.FitHeadsTogether([FusedCases.Heads(0), FusedCases.Heads(1)]));
    }

    [Fact]
    public void A_loss_of_one_member_that_is_not_finite_is_reported_with_its_exact_step_and_leaves_all_as_they_were()
    {
        var problems = Representations(2, 3);
        problems[1].Labels.Task(1)[17] = float.NaN;
        var order = new int[problems[1].Inputs.Samples];
        EpochOrder.Fill(order, problems[1].Seed, problems[1].Stream, 0, 1, 2);
        var expected = problems[1].BatchesPerTask + Array.IndexOf(order, 17) / problems[1].Optimiser.Batch;
        using var job = Engine.PretrainTogether(problems);
        var before = FusedCases.Bytes(job);
        Assert.Equal(expected, Assert.Throws<NonFiniteLossException>(() => job.Advance(0, 4)).Step);
        Assert.Equal(before, FusedCases.Bytes(job));
    }

    [Fact]
    public void Steps_leave_no_tensor_behind_and_neither_does_a_finished_job()
    {
        var outside = TorchTests.LivingTensors();
        foreach (var start in (Func<ITrainingJob>[])[() => Engine.PretrainTogether(Representations(3, 3)), () => Engine.FitHeadsTogether(Heads(3))])
        {
            using (var job = start())
            {
                job.Advance(0, 10);
                var before = TorchTests.LivingTensors();
                job.Advance(10, 100);
                job.TakeMeanLoss();
                job.Save();
                Assert.Equal(before, Tensor.TotalCount);
            }
            Assert.Equal(outside, Tensor.TotalCount);
        }
    }

    /// <summary>Networks of one shape with seeds, samples, labels and orders of their own.</summary>
    private static PretrainingProblem[] Representations(int depth, int count) => [.. Enumerable.Range(1, count).Select(seed =>
    {
        var shape = new MlpShape(8, 16, 12, depth);
        var initial = MlpWeights.Initialise(shape, new RandomStream(seed, "initial"));
        return FusedCases.Pretraining(shape, initial, tasks: 2, samples: 50, new OptimiserOptions(), sigma: 500, headBias: true, seed);
    })];

    private static HeadProblem[] Heads(int count) => [.. Enumerable.Range(1, count).Select(seed =>
    {
        var features = GaussianInputs.Draw(seed, "features", 7, 90, 16, 3);
        var truth = LinearHeads.Initialise(seed, "truth", 7, 16, hasBias: true, HeadActivation.Tanh);
        var initial = LinearHeads.Initialise(seed, "initial", 7, 16, hasBias: true, HeadActivation.Tanh);
        return new HeadProblem($"seed {seed}", initial, features, truth.Predict(features), new OptimiserOptions(), seed, "shuffle");
    })];

    private static double Distance(Dictionary<string, NamedTensor> expected, IReadOnlyList<NamedTensor> actual, string name) =>
        FusedCases.Distance(expected[name].As<float>().ToArray().Select(value => (double)value), actual.Single(tensor => tensor.Name == name).As<float>().ToArray());
}
