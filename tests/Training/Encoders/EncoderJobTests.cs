using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

/// <summary>What holds for the jobs that pretrain encoders, of every engine.</summary>
[Collection(nameof(Torch.TorchTests))]
public class EncoderJobTests
{
    private static readonly EncoderPretrainingOptions Options = new() { Batch = 4, Epochs = 12, LearningRate = 3e-3 };

    private static EncoderPretrainingProblem Problem(EncoderPretrainingOptions? options = null, long seed = 0, int hidden = 16) =>
        EncoderCorpora.Problem(EncoderCorpora.Molecules(40, described: 13, forms: 2), options ?? Options, pairs: true, hidden, seed);

    public static TheoryData<string> Engines => ["fused", "fused in parts", "torch"];

    private static IEncoderEngine Engine(string name) => name switch
    {
        "fused" => new FusedEncoderEngine(),
        "torch" => new TorchEngine("cpu", threads: 1),
        _ => new FusedEncoderEngine(parts: 3),
    };

    [Theory]
    [MemberData(nameof(Engines))]
    public void Chunks_do_not_matter(string engine) => JobLaws.ChunksDoNotMatter(() => Engine(engine).Pretrain(Problem()), 70);

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_saved_state_continues(string engine) => JobLaws.ASavedStateContinues(() => Engine(engine).Pretrain(Problem()));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Another_shape_is_refused(string engine)
    {
        using var job = Engine(engine).Pretrain(Problem());
        using var other = Engine(engine).Pretrain(Problem(hidden: 12));
        JobLaws.AnotherShapeIsRefused(job, other);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Accumulated_batches_are_one_larger_batch(string engine)
    {
        // All described and all of one length, so that every batch weighs the same: 8 batches of 1 are a batch of 8.
        var molecules = EncoderCorpora.Molecules(400, described: 400);
        var length = Enumerable.Range(0, 400).GroupBy(molecules.Forms[0].Length).MaxBy(group => group.Count())!;
        // every token asked, so that every sequence asks for as many
        var masking = new EncoderPretrainingOptions.MaskingOptions { Share = 1 };
        var members = length.Take(8).ToArray();
        var (whole, parts) = (Job(8, 1), Job(1, 8));
        using (whole)
        using (parts)
        {
            whole.Advance(0, 1);
            parts.Advance(0, 1);
            Assert.Equal(whole.TakeMeanLoss(), parts.TakeMeanLoss(), 1e-5);
            // The first step has rate 0; the moments are there.
            var (first, second) = (Fused.FusedCases.State(whole), Fused.FusedCases.State(parts));
            foreach (var name in first.Keys.Where(name => name.StartsWith("first_moment.", StringComparison.Ordinal)))
            {
                var (a, b) = (first.Floats(name, first[name].Shape).ToArray(), second.Floats(name, first[name].Shape).ToArray());
                Assert.True(a.Zip(b, (x, y) => Math.Abs(x - y)).Max() <= 1e-4 * Math.Max(1e-3, a.Max(Math.Abs)), name);
            }
        }

        IEncoderEngine.IJob Job(int batch, int accumulate)
        {
            var options = Options with { Batch = batch, Accumulate = accumulate, Masking = masking, MaxGradNorm = 0 };
            var problem = EncoderCorpora.Problem(molecules, options);
            return Engine(engine).Pretrain(problem with { Batches = new EncoderBatches(molecules, members, 42, options, pairs: false, 0) });
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Training_learns_and_measuring_changes_nothing(string engine)
    {
        var problem = Problem(Options with { Epochs = 40 });
        using var job = Engine(engine).Pretrain(problem);
        var batches = Enumerable.Range(0, problem.Batches.Count).Select(batch => problem.Batches[1000, batch]).ToArray();
        var before = job.Measure(batches);
        job.Advance(0, (int)job.TotalSteps);
        var bytes = Fused.FusedCases.Bytes(job);
        var after = job.Measure(batches);
        Assert.Equal(bytes, Fused.FusedCases.Bytes(job));
        Assert.Equal(after, job.Measure(batches));
        Assert.True(after.Masked < 0.8 * before.Masked, $"{before.Masked} to {after.Masked}");
        Assert.True(after.Descriptors < 0.5 * before.Descriptors, $"{before.Descriptors} to {after.Descriptors}");
        Assert.Equal(before.AskedTokens, after.AskedTokens);
    }

    [Fact]
    public void Parts_change_a_training_by_rounding_only()
    {
        using var one = Engine("fused").Pretrain(Problem());
        using var three = Engine("fused in parts").Pretrain(Problem());
        one.Advance(0, 5);
        three.Advance(0, 5);
        Assert.Equal(one.TakeMeanLoss(), three.TakeMeanLoss(), 1e-5);
    }

    [Fact]
    public void Engines_take_the_same_steps()
    {
        var options = Options with { Accumulate = 2, MaxGradNorm = 0.5, WeightDecay = 0.1, DescriptorWeight = 3 };
        using var fused = Engine("fused").Pretrain(Problem(options));
        using var torch = Engine("torch").Pretrain(Problem(options));
        for (var step = 0; step < 12; step++)
        {
            fused.Advance(step, 1);
            torch.Advance(step, 1);
            var loss = fused.TakeMeanLoss();
            Assert.Equal(loss, torch.TakeMeanLoss(), 1e-4 * loss);
        }
        var batches = Enumerable.Range(0, 5).Select(batch => Problem(options).Batches[77, batch]).ToArray();
        var (a, b) = (fused.Measure(batches), torch.Measure(batches));
        Assert.Equal(a.AskedTokens, b.AskedTokens);
        Assert.Equal(a.Masked, b.Masked, 1e-4 * a.Masked);
        Assert.Equal(a.Descriptors, b.Descriptors, 1e-3 * a.Descriptors);
        Assert.Equal(a.SameMolecule, b.SameMolecule, 1e-4 * a.SameMolecule);
    }

    [Fact]
    public void Steps_by_torch_leave_no_tensor_behind_and_neither_does_a_finished_job()
    {
        var before = Torch.TorchTests.LivingTensors();
        using (var job = Engine("torch").Pretrain(Problem(Options with { Dropout = 0.1 })))
        {
            job.Advance(0, 2);
            job.Save();
            var running = Torch.TorchTests.LivingTensors();
            job.Advance(2, 5);
            job.Measure([Problem().Batches[0, 0]]);
            job.Load(Fused.FusedCases.State(job));
            Assert.Equal(running, Torch.TorchTests.LivingTensors());
        }
        Assert.Equal(before + Problem().Encoder.Parameters.Count + Problem().Heads.Parameters.Count, Torch.TorchTests.LivingTensors());
    }

    [Fact]
    public void A_training_with_dropout_continues_to_the_same_bits() =>
        JobLaws.ASavedStateContinues(() => Engine("torch").Pretrain(Problem(Options with { Dropout = 0.1 })));

    [Fact]
    public void A_loss_that_is_no_number_ends_the_training_at_its_step()
    {
        var molecules = EncoderCorpora.Molecules(12, described: 12);
        molecules.Descriptors[5] = float.NaN;
        using var job = new FusedEncoderEngine().Pretrain(EncoderCorpora.Problem(molecules, Options));
        var error = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, 3));
        Assert.InRange(error.Step, 0, 2);
        Assert.All(job.Encoder.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void The_fused_engine_refuses_dropout() =>
        Assert.Contains(
            "torch",
            Assert.Throws<UserErrorException>(() => new FusedEncoderEngine().Pretrain(Problem(Options with { Dropout = 0.1 }))).Message,
            StringComparison.Ordinal);
}
