using TorchSharp;
using static TorchSharp.torch;

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
            batch => Losses(encoder, heads, batch).Sum(problem.Options.DescriptorWeight), Training(problem, engine)) =>
        (_engine, _encoder, _heads) = (engine, encoder, heads);

    public static TorchEncoderJob Start(EncoderPretrainingProblem problem, TorchEngine engine) => new(
        problem, engine,
        new Encoder(problem.Shape, problem.Encoder, problem.Options.Dropout, engine.Device, problem.Options.Precision),
        new PretrainingHeads(problem.Shape, problem.Heads, problem.Options.Dropout, engine.Device, problem.Options.Precision));

    public EncoderWeights Encoder => _encoder.ToWeights();
    public EncoderWeights Heads => _heads.ToWeights();

    public EncoderLosses Measure(IEnumerable<EncoderBatch> batches)
    {
        LibTorch.UseThreads(_engine.Threads);
        using var silent = no_grad();
        _encoder.eval();
        _heads.eval();
        var mean = EncoderLosses.Mean(batches.Select(batch =>
        {
            using var scope = NewDisposeScope();
            var losses = Losses(_encoder, _heads, batch);
            var measured = new EncoderLosses(
                losses.Masked.ToDouble(), batch.Masked.Positions.Length, (int)losses.RightTokens.ToInt64(),
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

    private static EncoderLoss Losses(Encoder encoder, PretrainingHeads heads, EncoderBatch batch)
    {
        var descriptors = batch.Descriptors == null
            ? null
            : tensor(batch.Descriptors, [batch.Tokens.Sequences, heads.Descriptors], device: encoder.Device);
        var same = batch.SameMolecule == null
            ? null
            : tensor(Array.ConvertAll(batch.SameMolecule, label => (long)label), device: encoder.Device);
        return EncoderLoss.Of(encoder, heads, batch.Masked, descriptors, same);
    }

    private sealed class PretrainingBatches(EncoderPretrainingProblem problem) : IBatches<EncoderBatch>
    {
        public int StepsPerEpoch => problem.Batches.Count;
        public IReadOnlyList<EncoderBatch> Of(long step) => [problem.Batches[step / StepsPerEpoch, (int)(step % StepsPerEpoch)]];
        public void Dispose() { }
    }
}
