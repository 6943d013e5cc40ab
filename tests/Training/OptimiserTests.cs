using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;
using W2S.Training.Tests.Torch;

namespace W2S.Training.Tests;

/// <summary>Schedules, accumulation and clipping, of every trainer.</summary>
[Collection(nameof(TorchTests))]
public class OptimiserTests
{
    private static readonly OptimiserOptions Scheduled = new() { Batch = 4, Epochs = 20, Schedule = RateShape.Cosine, WarmUp = 0.2 };

    private static readonly OptimiserOptions Whole = Scheduled with { Schedule = RateShape.Linear, Accumulate = 3, MaxGradNorm = 0.05 };

    public static TheoryData<string> Trainers => ["heads, fused", "heads, torch", "MLP, fused", "MLP, torch", "blocks", "module"];

    [Theory]
    [MemberData(nameof(Trainers))]
    public void However_a_training_is_cut_and_resumed_its_bits_are_the_same(string trainer)
    {
        var optimiser = trainer.Contains("fused", StringComparison.Ordinal) ? Scheduled : Whole;
        JobLaws.ChunksDoNotMatter(() => Start(trainer, optimiser), 60);
        JobLaws.ASavedStateContinues(() => Start(trainer, optimiser));
    }

    [Theory]
    [InlineData("heads")]
    [InlineData("MLP")]
    public void Engines_agree_at_every_rate(string what)
    {
        using var fused = Start($"{what}, fused", Scheduled);
        using var torch = Start($"{what}, torch", Scheduled);
        for (long step = 0; step < fused.TotalSteps; step += 20)
        {
            fused.Advance(step, 20);
            torch.Advance(step, 20);
            var loss = torch.TakeMeanLoss();
            Assert.Equal(loss, fused.TakeMeanLoss(), 2e-3 * loss);
        }
    }

    [Theory]
    [InlineData("heads, torch")]
    [InlineData("blocks")]
    [InlineData("module")]
    public void Batches_whose_gradients_are_averaged_are_one_batch(string trainer)
    {
        using var parts = Start(trainer, Scheduled with { Batch = 4, Accumulate = 5 });
        using var one = Start(trainer, Scheduled with { Batch = 20 });
        Assert.Equal(one.TotalSteps, parts.TotalSteps);
        parts.Advance(0, 20);
        one.Advance(0, 20);
        var loss = one.TakeMeanLoss();
        Assert.Equal(loss, parts.TakeMeanLoss(), 1e-4 * loss);
    }

    [Fact]
    public void The_last_accumulation_of_an_epoch_takes_what_is_left()
    {
        using var job = Start("MLP, torch", Scheduled with { Accumulate = 7 });
        Assert.Equal(3, job.StepsPerEpoch); // of 20 batches, 10 of each task
        Assert.Equal(60, job.TotalSteps);
    }

    [Fact]
    public void Heads_side_by_side_are_clipped_each_by_its_own_norm()
    {
        var problem = Heads(Scheduled with { WarmUp = 0, MaxGradNorm = 0.05 });
        using var together = new TorchEngine("cpu", 1).FitHeads(problem);
        together.Advance(0, 1);
        var moments = FusedCases.State(together)["first_moment"].As<float>().ToArray();
        var (tasks, width) = (problem.Initial.Tasks, problem.Initial.Width);
        for (var task = 0; task < tasks; task++)
        {
            // After one step the first moment is a tenth of the clipped gradient, weights first, then biases.
            float[] own = [.. moments[(task * width)..((task + 1) * width)], moments[tasks * width + task]];
            Assert.Equal(0.05, 10 * Math.Sqrt(own.Sum(moment => (double)moment * moment)), 1e-5);
        }
    }

    [Fact]
    public void A_norm_that_no_gradient_reaches_changes_no_bit()
    {
        foreach (var trainer in (string[])["heads, torch", "MLP, torch", "blocks", "module"])
        {
            using var free = Start(trainer, Scheduled);
            using var bounded = Start(trainer, Scheduled with { MaxGradNorm = 1e9 });
            free.Advance(0, 30);
            bounded.Advance(0, 30);
            Assert.Equal(FusedCases.Bytes(free), FusedCases.Bytes(bounded));
        }
    }

    [Theory]
    [InlineData("heads, fused")]
    [InlineData("MLP, fused")]
    public void The_kernels_refuse_what_they_cannot_do(string trainer)
    {
        foreach (var optimiser in (OptimiserOptions[])[Scheduled with { Accumulate = 2 }, Scheduled with { MaxGradNorm = 1 }])
            Assert.Contains("take the torch engine", Assert.Throws<NotSupportedException>(() => Start(trainer, optimiser)).Message);
    }

    private static ITrainingJob Start(string trainer, OptimiserOptions optimiser) => trainer switch
    {
        "heads, fused" => new FusedEngine(1).FitHeads(Heads(optimiser)),
        "heads, torch" => new TorchEngine("cpu", 1).FitHeads(Heads(optimiser)),
        "MLP, fused" => new FusedEngine(1).Pretrain(Mlp(optimiser)),
        "MLP, torch" => new TorchEngine("cpu", 1).Pretrain(Mlp(optimiser)),
        "blocks" => TorchBlockJob.Start(
            Heads(optimiser), MlpWeights.Initialise(new MlpShape(8, 8, 8, 2), new RandomStream(1, "blocks")), new TorchEngine("cpu", 1)),
        _ => Module(optimiser),
    };

    private static ITrainingJob Module(OptimiserOptions optimiser)
    {
        TorchSharp.torch.manual_seed(0);
        var inputs = TaskSamples.Gaussian(1, "inputs", 1, 40, 4, 1).On(TorchSharp.torch.CPU)[0];
        return ModuleJob.Start(
            TorchSharp.torch.nn.Linear(4, 1), (predictions, labels) => TorchSharp.torch.nn.functional.mse_loss(predictions, labels),
            inputs, inputs.sum(1, keepdim: true), optimiser);
    }

    /// <summary>7 tasks of 40 samples of width 8.</summary>
    private static HeadProblem Heads(OptimiserOptions optimiser)
    {
        var features = TaskSamples.Gaussian(2, "features", 7, 40, 8, 1);
        var labels = LinearHeads.Initialise(2, "truth", 7, 8, hasBias: true).Predict(features);
        return new HeadProblem("heads", LinearHeads.Initialise(2, "initial", 7, 8, hasBias: true), features, labels, optimiser, 3, "order");
    }

    /// <summary>2 tasks of 40 samples.</summary>
    private static PretrainingProblem Mlp(OptimiserOptions optimiser)
    {
        var shape = new MlpShape(8, 16, 16, 3);
        return FusedCases.Pretraining(shape, MlpWeights.Initialise(shape, new RandomStream(4, "initial")), 2, 40, optimiser, 1, true, 3);
    }
}
