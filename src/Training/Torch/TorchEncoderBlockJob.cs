using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Fits heads of one cell together with the last blocks of the encoder below them: one optimiser; biases and LayerNorms of
/// the blocks are not decayed, the heads are, as they are alone.
/// </summary>
internal sealed class TorchEncoderBlockJob : ModuleJob<HeadBatches.Batch>, IEngine.IHeadJob
{
    private readonly UnfrozenEncoder.Reader _reader;
    private readonly Encoder.Blocks _blocks;
    private readonly TorchHeads _heads;

    private TorchEncoderBlockJob(
        HeadProblem problem, UnfrozenEncoder encoder, UnfrozenEncoder.Reader reader, Encoder.Blocks blocks, TorchHeads heads)
        : base([blocks, heads], new HeadBatches(problem, reader.Device), Loss(problem, reader, blocks, heads),
            Training(problem, encoder, reader.Engine)) => (Encoder, _reader, _blocks, _heads) = (encoder, reader, blocks, heads);

    /// <param name="problem">Of one task. Its features are numbers of rows, [1, samples, 1]; its initial heads read what the encoder
    /// makes of them.</param>
    /// <exception cref="W2S.Data.UserErrorException">The device is misspelt or absent.</exception>
    /// <exception cref="StoppedException">Asked to stop while the frozen layers are computed.</exception>
    public static TorchEncoderBlockJob Start(HeadProblem problem, UnfrozenEncoder encoder)
    {
        if ((problem.Initial.Tasks, problem.Features.Tasks, problem.Features.Width) != (1, 1, 1))
            throw new ArgumentException(
                $"{problem.Name}: an encoder's blocks are fitted to one cell at a time, by the numbers of its rows.");
        var reader = new UnfrozenEncoder.Reader(encoder);
        try
        {
            reader.Keep(Rows(problem.Features.Values));
            var constant = problem.Objective.ConstantOutputs(problem.Labels.Width);
            var heads = new TorchHeads(problem.Initial, constant, reader.Device);
            return new TorchEncoderBlockJob(problem, encoder, reader, encoder.Module(encoder.Initial, reader.Device), heads);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>What the blocks belong to.</summary>
    public UnfrozenEncoder Encoder { get; }

    /// <summary>The blocks as they are now.</summary>
    public EncoderWeights Blocks => _blocks.ToWeights();

    public LinearHeads Heads => _heads.ToHeads();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var owned in (IDisposable[])[_heads, _blocks, _reader]) owned.Dispose();
    }

    private static Func<HeadBatches.Batch, Tensor> Loss(
        HeadProblem problem, UnfrozenEncoder.Reader reader, Encoder.Blocks blocks, TorchHeads heads) => batch =>
    {
        var features = reader.Read(blocks, Rows(batch.Features.flatten().cpu().data<float>().ToArray()));
        return batch.Loss(problem.Objective, heads.forward(features.unsqueeze(0)));
    };

    private static ModuleTraining Training(HeadProblem problem, UnfrozenEncoder encoder, TorchEngine engine)
    {
        var blocks = encoder.Parameters.Select(parameter => parameter.Name).ToHashSet();
        var undecayed = encoder.Parameters.Where(parameter => !parameter.IsDecayed).Select(parameter => parameter.Name).ToHashSet();
        return engine.Training(problem.Optimiser, problem.Name) with
        {
            Decays = name => !undecayed.Contains(name),
            RateShares = problem.BlockRate == 1 ? null : name => blocks.Contains(name) ? problem.BlockRate : 1,
        };
    }

    private static int[] Rows(float[] numbers) => Array.ConvertAll(numbers, number => (int)number);
}
