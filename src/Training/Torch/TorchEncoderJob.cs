using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Training;

/// <summary>Pretrains an encoder with its heads.</summary>
internal sealed class TorchEncoderJob : ModuleJob<EncoderBatch>, IEncoderEngine.IJob
{
    private readonly TorchEngine _engine;
    private readonly Encoder _encoder;
    private readonly PretrainingHeads _heads;

    private TorchEncoderJob(EncoderPretrainingProblem problem, TorchEngine engine, Encoder encoder, PretrainingHeads heads)
        : base(
            [encoder, heads], new PretrainingBatches(problem),
            batch => Loss.Of(encoder, heads, batch).Sum(problem.Options.DescriptorWeight), Training(problem, engine)) =>
        (_engine, _encoder, _heads) = (engine, encoder, heads);

    public static TorchEncoderJob Start(EncoderPretrainingProblem problem, TorchEngine engine) => new(
        problem, engine,
        new Encoder(problem.Shape, problem.Encoder, problem.Options.Dropout, engine.Device, problem.Options.Precision),
        new PretrainingHeads(problem.Shape, problem.Heads, problem.Options.Dropout, engine.Device, problem.Options.Precision));

    public EncoderWeights Encoder => _encoder.ToWeights();
    public EncoderWeights Heads => _heads.ToWeights();

    public EncoderBatch.Losses Measure(IEnumerable<EncoderBatch> batches)
    {
        LibTorch.UseThreads(_engine.Threads);
        using var silent = no_grad();
        _encoder.eval();
        _heads.eval();
        var mean = EncoderBatch.Losses.Mean(batches.Select(batch =>
        {
            using var scope = NewDisposeScope();
            var losses = Loss.Of(_encoder, _heads, batch);
            var measured = new EncoderBatch.Losses(
                losses.Masked.ToDouble(), batch.Positions.Length, (int)losses.RightTokens.ToInt64(),
                losses.Descriptors?.ToDouble() ?? 0, losses.SameMolecule?.ToDouble() ?? 0, (int)(losses.RightPairs?.ToInt64() ?? 0));
            return (measured, batch);
        }));
        _encoder.train();
        _heads.train();
        return mean;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _encoder.Dispose();
        _heads.Dispose();
    }

    private static ModuleTraining Training(EncoderPretrainingProblem problem, TorchEngine engine)
    {
        var decayed = problem.Encoder.Parameters.Concat(problem.Heads.Parameters)
            .Where(parameter => parameter.IsDecayed).Select(parameter => parameter.Name).ToHashSet();
        return engine.Training(problem.Options, problem.Name) with
        {
            Decays = decayed.Contains,
            RandomSeed = problem.Options.Dropout > 0 ? problem.Seed : null,
        };
    }

    private sealed class PretrainingBatches(EncoderPretrainingProblem problem) : IBatches<EncoderBatch>
    {
        public int StepsPerEpoch => problem.Batches.Count;
        public IReadOnlyList<EncoderBatch> Of(long step) => [problem.Batches[step / StepsPerEpoch, (int)(step % StepsPerEpoch)]];
        public void Dispose() { }
    }

    /// <summary>What MolBERT minimises, by autograd on any device: the sum of the losses that are asked for.</summary>
    /// <param name="Masked">Scalar: mean cross-entropy, in nats, of the batch's hidden tokens; 0 where there are none.</param>
    /// <param name="RightTokens">Scalar, int64: hidden tokens whose most likely answer is right.</param>
    /// <param name="Descriptors">Scalar: mean squared error over sequences and descriptors; null: not asked for.</param>
    /// <param name="SameMolecule">Scalar: mean cross-entropy, in nats, over sequences; null: not asked for.</param>
    /// <param name="RightPairs">Scalar, int64: sequences whose answer is right; null: not asked for.</param>
    internal sealed record Loss(Tensor Masked, Tensor RightTokens, Tensor? Descriptors, Tensor? SameMolecule, Tensor? RightPairs)
    {
        /// <summary>The sum, a scalar to call backward() on.</summary>
        public Tensor Sum(double descriptorWeight = 1)
        {
            var sum = Descriptors is null ? Masked : Masked.Plus(Descriptors.Times(descriptorWeight));
            return SameMolecule is null ? sum : sum.Plus(SameMolecule);
        }

        /// <summary>Of a batch, whose descriptors are normalised.</summary>
        /// <returns>Tensors of the caller's dispose scope.</returns>
        public static Loss Of(Encoder encoder, PretrainingHeads heads, EncoderBatch batch)
        {
            var device = encoder.Device;
            var tokens = TokenBatch.Of(batch.Tokens, device);
            var vectors = encoder.call(tokens);
            var (ofTokens, rightTokens) = batch.Positions.Length == 0 ? (vectors.sum().Times(0), zeros([], int64, device)) : MaskedTokens();
            var pooled = batch.Descriptors is null && batch.SameMolecule is null ? null : encoder.Pooled(vectors);
            var ofDescriptors = batch.Descriptors is null ? null : mse_loss(
                heads.DescriptorsOf(pooled!), tensor(batch.Descriptors, [batch.Tokens.Sequences, heads.Descriptors], device: device));
            if (batch.SameMolecule is null) return new Loss(ofTokens, rightTokens, ofDescriptors, null, null);
            var (ofPairs, rightPairs) = CrossEntropy(heads.SameMolecule(pooled!), Longs(batch.SameMolecule));
            return new Loss(ofTokens, rightTokens, ofDescriptors, ofPairs, rightPairs);

            (Tensor, Tensor) MaskedTokens() => CrossEntropy(
                heads.MaskedTokens(tokens.Packed(vectors).index_select(0, Longs(batch.Positions))), Longs(batch.Labels));

            Tensor Longs(int[] numbers) => tensor(Array.ConvertAll(numbers, number => (long)number), device: device);
        }

        private static (Tensor Loss, Tensor Right) CrossEntropy(Tensor logits, Tensor labels) =>
            (cross_entropy(logits, labels), logits.argmax(1).eq(labels).sum());
    }
}
