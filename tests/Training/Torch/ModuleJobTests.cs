using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class ModuleJobTests
{
    private const int Samples = 100;

    private static readonly OptimiserOptions Optimiser = new() { Batch = 16, Epochs = 10, LearningRate = 1e-2 };

    /// <summary>What users write: operators with numbers, dropout, statistics of the batch, a frozen layer.</summary>
    private sealed class Own : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> _first = Linear(4, 8), _norm = BatchNorm1d(8), _dropout = Dropout(0.2);
        private readonly Module<Tensor, Tensor> _last = Linear(8, 1);
        private readonly Module<Tensor, Tensor> _frozen = Linear(4, 8);

        public Own() : base(nameof(Own))
        {
            RegisterComponents();
            foreach (var parameter in _frozen.parameters()) parameter.requires_grad_(false);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var hidden = _norm.call(_first.call(input).Plus(_frozen.call(input).Times(0.5)));
            return _last.call(_dropout.call(hidden.relu())).MoveToOuterDisposeScope();
        }
    }

    [Fact]
    public void A_module_and_a_loss_of_ones_own_learn()
    {
        using var job = Start();
        var outcome = TrainingLoop.Run(job, new TrainingOptions { LogEvery = Duration.Parse("1epoch") }, null, RunServices.Silent);
        Assert.Equal(70, outcome.Steps);
        Assert.InRange(outcome.FinalLoss, 0, outcome.History[0].Loss / 2);
    }

    /// <summary>PyTorch divides by the norm and 1e-6: of 3e-6, clipped to 1e-6, 0.75e-6 is left.</summary>
    [Fact]
    public void A_tiny_norm_is_clipped_with_the_millionth_that_PyTorch_adds()
    {
        using var linear = Linear(1, 1, hasBias: false);
        var (inputs, labels) = Data();
        using var job = new ModuleJob<(Tensor Inputs, Tensor Labels)>(
            [linear], new ModuleJob.SampleBatches(inputs, labels, 16, seed: 5), _ => linear.weight!.sum().mul(Held.Of(3e-6)),
            new ModuleTraining(Optimiser with { MaxGradNorm = 1e-6 }));
        job.Advance(0, 1);
        Assert.Equal(0.1 * 0.75e-6, job.Save().Single(state => state.Name == "first_moment").As<float>()[0], 1e-11);
    }

    /// <remarks>A run's steps come from whatever thread of a pool there is, and libtorch keeps its number for each.</remarks>
    [Fact]
    public void How_many_threads_libtorch_used_before_does_not_show()
    {
        using var inputs = randn(100_000, 4);
        Assert.Equal(LossAfter(1), LossAfter(4));

        double LossAfter(int threads)
        {
            using var linear = Linear(4, 4);
            using (no_grad()) linear.weight!.zero_();
            using (no_grad()) linear.bias!.zero_();
            using var job = new ModuleJob<(Tensor Inputs, Tensor Labels)>(
                [linear], new ModuleJob.SampleBatches(inputs, inputs, 100_000, seed: 5),
                batch => functional.mse_loss(linear.call(batch.Inputs), batch.Labels), new ModuleTraining(Optimiser) { Threads = 1 });
            var thread = new Thread(() =>
            {
                LibTorch.UseThreads(threads);
                job.Advance(0, 5);
            });
            thread.Start();
            thread.Join();
            return job.TakeMeanLoss();
        }
    }

    [Fact]
    public void Cutting_a_run_into_other_chunks_does_not_change_a_bit() => JobLaws.ChunksDoNotMatter(() => Start(), 60);

    [Fact]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits_dropout_and_statistics_included() =>
        JobLaws.ASavedStateContinues(() => Start());

    [Fact]
    public void A_training_that_is_stopped_and_continued_ends_in_the_same_bits_as_one_that_is_not()
    {
        using var folder = new TemporaryFolder();
        using var whole = Start();
        var expected = TrainingLoop.Run(whole, new TrainingOptions(), null, RunServices.Silent);
        var options = new TrainingOptions { SaveEvery = Duration.Parse("7steps") };
        for (var stops = 0; stops < 3; stops++)
        {
            using var interrupted = Start();
            var run = RunServices.Silent;
            Assert.Throws<StoppedException>(
                () => TrainingLoop.Run(new StoppingJob(interrupted, run.Stop, steps: 11), options, Store(), run));
        }
        using var last = Start();
        var outcome = TrainingLoop.Run(last, options, Store(), RunServices.Silent);

        Assert.True(outcome.ResumedFrom >= 33);
        Assert.Equal(expected.History, outcome.History);
        Assert.Equal(FusedCases.Bytes(whole), FusedCases.Bytes(last));

        CheckpointStore Store() => new(folder["run"], "settings", TimeProvider.System);
    }

    [Fact]
    public void Frozen_parameters_stay_and_buffers_are_kept()
    {
        using var scope = NewDisposeScope();
        using var module = new Own();
        var before = module.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().clone());
        var (inputs, labels) = Data();
        using var job = ModuleJob.Start(module, Error, inputs, labels, Optimiser);
        job.Advance(0, 7);
        foreach (var (name, parameter) in module.named_parameters())
            Assert.Equal(name.StartsWith("_frozen", StringComparison.Ordinal), parameter.equal(before[name]).all().ToBoolean());
        var state = FusedCases.State(job);
        Assert.Equal(7, state["_norm.num_batches_tracked"].As<long>()[0]);
        Assert.Contains("_norm.running_mean", state.Keys);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_reported_with_its_step_and_leaves_everything_as_it_was()
    {
        using var scope = NewDisposeScope();
        var (inputs, labels) = Data();
        labels[17] = tensor((float[])[float.NaN]);
        var order = new int[Samples];
        EpochOrder.Fill(order, 3, "order", 0, 0, 1);
        using var job = ModuleJob.Start(new Own(), Error, inputs, labels, Optimiser, seed: 3);
        var before = FusedCases.Bytes(job);
        var error = Assert.Throws<NonFiniteLossException>(() => job.Advance(0, 7));
        Assert.Equal(Array.IndexOf(order, 17) / Optimiser.Batch, error.Step);
        Assert.Equal(before, FusedCases.Bytes(job));
    }

    [Fact]
    public void A_state_of_another_module_is_refused_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var (inputs, labels) = Data();
        using var job = Start();
        using var other = ModuleJob.Start(Linear(4, 1), Error, inputs, labels, Optimiser);
        JobLaws.AnotherShapeIsRefused(job, other);
    }

    /// <remarks>Independent of W2S's AdamW, clipping and bookkeeping: TorchSharp's own.</remarks>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void Every_step_is_that_of_torch_optim_AdamW_in_a_loop_of_the_users_own(double maxGradNorm)
    {
        using var scope = NewDisposeScope();
        using var own = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        using var plain = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        plain.load_state_dict(own.state_dict());
        var (inputs, labels) = Data();
        using var job = new ModuleJob<(Tensor Inputs, Tensor Labels)>(
            [own], new ModuleJob.SampleBatches(inputs, labels, 16, seed: 5), batch => Error(own.call(batch.Inputs), batch.Labels),
            new ModuleTraining(Optimiser with { MaxGradNorm = maxGradNorm }));
#pragma warning disable RS0030 // The peer is TorchSharp's own optimiser.
        using var optimiser = torch.optim.AdamW(plain.parameters(), lr: Optimiser.LearningRate, weight_decay: Optimiser.WeightDecay);
#pragma warning restore RS0030
        var order = new int[Samples];
        for (var step = 0; step < 50; step++)
        {
            if (step % 7 == 0) new RandomStream(5, "order", step / 7).Permutation(order);
            var rows = tensor([.. order.Skip(step % 7 * 16).Take(16).Select(row => (long)row)]);
            plain.zero_grad();
            Error(plain.call(inputs.index_select(0, rows)), labels.index_select(0, rows)).backward();
            if (maxGradNorm > 0) nn.utils.clip_grad_norm_(plain.parameters(), maxGradNorm);
            optimiser.step();
            job.Advance(step, 1);
            foreach (var (expected, actual) in plain.parameters().Zip(own.parameters()))
                Assert.True(actual.allclose(expected, rtol: 1e-4, atol: 1e-6), $"step {step}");
        }
    }

    [Fact]
    public void Inputs_and_labels_that_do_not_match_are_refused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => ModuleJob.Start(Linear(4, 1), Error, zeros(5, 4), zeros(4, 1), Optimiser));
        Assert.Contains("[5, 4]", error.Message);
    }

    [Fact]
    public void Nothing_outlives_a_job_but_the_module()
    {
        using var scope = NewDisposeScope();
        var (inputs, labels) = Data();
        using var module = Linear(4, 1);
        var before = TorchTests.LivingTensors();
        using (var job = ModuleJob.Start(module, Error, inputs, labels, Optimiser)) job.Advance(0, 20);
        Assert.Equal(before, TorchTests.LivingTensors());
    }

    private static ModuleJob<(Tensor Inputs, Tensor Labels)> Start()
    {
        manual_seed(1);
        var (inputs, labels) = Data();
        return ModuleJob.Start(new Own(), Error, inputs, labels, Optimiser, seed: 2);
    }

    private static Tensor Error(Tensor predictions, Tensor labels) => functional.mse_loss(predictions, labels);

    private static (Tensor Inputs, Tensor Labels) Data()
    {
        var random = new RandomStream(0, "data");
        var inputs = tensor([.. Enumerable.Range(0, Samples * 4).Select(_ => (float)random.NextNormal())], [Samples, 4]);
        return (inputs, inputs.sum(1, keepdim: true).tanh());
    }

    /// <summary>Wishes to stop after some steps.</summary>
    private sealed class StoppingJob(ITrainingJob inner, StopSignal stop, int steps) : ITrainingJob
    {
        public string Name => inner.Name;
        public string Engine => inner.Engine;
        public int StepsPerEpoch => inner.StepsPerEpoch;
        public long TotalSteps => inner.TotalSteps;

        public void Advance(long step, int count)
        {
            inner.Advance(step, count);
            if ((steps -= count) <= 0) stop.Set("the test");
        }

        public double TakeMeanLoss() => inner.TakeMeanLoss();
        public IReadOnlyList<NamedTensor> Save() => inner.Save();
        public void Load(IReadOnlyDictionary<string, NamedTensor> state) => inner.Load(state);
        public void Dispose() { }
    }
}
