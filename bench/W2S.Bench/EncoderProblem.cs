using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using W2S.Data;
using W2S.Models;
using W2S.Training;
using W2S.Training.Fused;

namespace W2S.Bench;

/// <summary>
/// Masked-token pretraining of a 2-layer, 2-head encoder on real molecules, a token a character, in batches of 16 of like
/// length. W2S draws and masks each epoch's batches as it goes; the peers have the first epoch's, made before the clock runs.
/// </summary>
internal sealed class EncoderProblem
{
    public const int BatchSize = 16;
    private const int BatchCount = 24, LongestSequence = 128;

    private readonly EncoderPretrainingProblem _problem;
    private readonly IReadOnlyList<EncoderBatch> _firstEpoch;

    private EncoderProblem(EncoderBatches.Examples molecules, int vocabulary, int hidden)
    {
        var shape = new EncoderShape(vocabulary, hidden, 2, 2) { MaximumLength = LongestSequence };
        // So many epochs that the rate, which falls to 0 in their course, is constant here.
        var options = new EncoderPretrainingOptions { Epochs = 100_000, Batch = BatchSize, WarmUp = 0, MaxGradNorm = 0 };
        var batches = new EncoderBatches(molecules, [.. Enumerable.Range(0, molecules.Count)], vocabulary, options, pairs: false, seed: 0);
        _problem = new EncoderPretrainingProblem(
            "bench", shape, EncoderWeights.InitialiseEncoder(shape, 0, "bench encoder"),
            EncoderWeights.InitialiseHeads(shape, 0, false, 0, "bench heads"), batches, options, 0);
        _firstEpoch = [.. Enumerable.Range(0, BatchCount).Select(batch => batches[0, batch])];
    }

    private EncoderShape Shape => _problem.Shape;

    public int HiddenSize => Shape.HiddenSize;

    /// <summary>Mean tokens of a molecule, [CLS] and [SEP] counted.</summary>
    public double MeanLength => _firstEpoch.Average(batch => (double)batch.Tokens.Tokens.Length / BatchSize);

    /// <summary>Where real molecules lie, or null.</summary>
    public static string? Corpus()
    {
        var folder = Environment.GetEnvironmentVariable("W2S_DATA") ?? Path.Combine(Repository.Root, "..", "shared", "data");
        var file = Path.Combine(folder, "smiles", "guacamol_v1_valid.csv.gz");
        return File.Exists(file) ? file : null;
    }

    public static IReadOnlyList<EncoderProblem> All(string corpus, params int[] hidden)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(corpus), CompressionMode.Decompress));
        var texts = new List<string>();
        _ = reader.ReadLine();
        // Every 97th: the file's order is not by chance.
        for (var line = 0; reader.ReadLine() is { } text && texts.Count < BatchSize * BatchCount; line++)
            if (line % 97 == 0) texts.Add(text[..Math.Min(text.Length, LongestSequence - 2)]);
        var characters = texts.SelectMany(text => text).Distinct().Order().ToArray();
        var molecules = new EncoderBatches.Examples([Pack(texts, characters)], 0, [], [.. Enumerable.Repeat(-1, texts.Count)]);
        return [.. hidden.Select(width => new EncoderProblem(molecules, MoleculeTokenizer.FirstOrdinaryId + characters.Length, width))];
    }

    /// <summary>A training step and the features of a batch on one core.</summary>
    /// <param name="torch">The torch engine on one thread.</param>
    /// <param name="agreement">Takes the torch engine's first losses.</param>
    /// <param name="losses">The fused engine's first losses, which the peers' are compared with.</param>
    public IReadOnlyList<Comparison> Compare(
        IEncoderEngine torch, double peak, Agreement agreement, out IReadOnlyDictionary<string, double[]> losses)
    {
        var (fusedJob, torchJob) = (new FusedEncoderEngine().Pretrain(_problem), torch.Pretrain(_problem));
        losses = Losses(fusedJob);
        agreement.Check("W2S torch", losses, Losses(torchJob));
        var encoder = new FusedEncoder(Shape);
        encoder.Load(_problem.Encoder, _problem.Heads);
        return
        [
            new(
                $"hidden {Shape.HiddenSize}, training step", StepOperations, peak,
                Times.OfSteps(Times.OfProcessor, fusedJob, BatchCount, first: BatchCount),
                Times.OfSteps(Times.OfProcessor, torchJob, BatchCount, first: BatchCount),
                times => times.Seconds["step"], times => times.Seconds["step"]) { Repetitions = 3 },
            new(
                $"hidden {Shape.HiddenSize}, pooled features", FeatureOperations, peak,
                () => Times.OfProcessor(() =>
                {
                    foreach (var batch in _firstEpoch) encoder.Features(batch.Tokens, EncoderPooling.Pooled);
                }) / BatchCount, null,
                times => times.Seconds["features"], times => times.Seconds["features"]) { Repetitions = 3 },
        ];

        static IReadOnlyDictionary<string, double[]> Losses(IEncoderEngine.IJob job) =>
            new Dictionary<string, double[]> { ["encoder"] = Agreement.Losses(job, BatchCount) };
    }

    /// <summary>Seconds a step of the fused engine by the clock, a batch in parts on as many cores.</summary>
    public Func<double> StepInParts(int parts) => Times.OfSteps(Times.Of, new FusedEncoderEngine(parts).Pretrain(_problem), BatchCount);

    /// <summary>Writes what the peers read: case.json and parameters.bin.</summary>
    public void Write(string folder)
    {
        File.WriteAllBytes(
            Path.Combine(folder, "parameters.bin"),
            MemoryMarshal.AsBytes<float>((float[])[.. _problem.Encoder.Values, .. _problem.Heads.Values]).ToArray());
        File.WriteAllText(Path.Combine(folder, "case.json"), JsonSerializer.Serialize(new
        {
            shape = new
            {
                vocabulary = Shape.VocabularySize, hidden = Shape.HiddenSize, layers = Shape.Layers, heads = Shape.Heads,
                intermediate = Shape.IntermediateSize,
                longest = Shape.MaximumLength, types = Shape.TokenTypes, learned = false, descriptors = 0, same = false,
            },
            encoder = _problem.Encoder.Parameters.Select(parameter => parameter.Name),
            heads = _problem.Heads.Parameters.Select(parameter => parameter.Name),
            rate = _problem.Options.LearningRate,
            batches = _firstEpoch.Select(batch => new
            {
                tokens = batch.Tokens.Tokens.Select(token => (int)token), offsets = batch.Tokens.Offsets, masked = batch.Targets.Masked,
            }),
        }));
    }

    /// <summary>
    /// Floating-point operations of a batch's step as W2S computes it, multiply-adds of matrix products as two: three
    /// products for each of the forward pass; the last layer's queries, outputs and feed-forward on asked tokens only.
    /// </summary>
    private double StepOperations => 3 * _firstEpoch.Average(
        batch => ForwardOperations(batch.Tokens, batch.Targets.Masked!) + HeadOperations(batch.Targets.Masked!));

    /// <summary>The same of a forward pass to pooled features.</summary>
    private double FeatureOperations => _firstEpoch.Average(batch =>
    {
        var first = new int[batch.Tokens.Tokens.Length];
        Array.Fill(first, -1);
        foreach (var offset in batch.Tokens.Offsets.SkipLast(1)) first[offset] = 0;
        return ForwardOperations(batch.Tokens, first) + 2.0 * BatchSize * Shape.HiddenSize * Shape.HiddenSize;
    });

    private double ForwardOperations(PackedTokens tokens, int[] needed)
    {
        double hidden = Shape.HiddenSize, intermediate = Shape.IntermediateSize, operations = 0;
        for (var layer = 0; layer < Shape.Layers; layer++)
            for (var sequence = 0; sequence < tokens.Sequences; sequence++)
            {
                double length = tokens.Length(sequence);
                var rows = layer < Shape.Layers - 1
                    ? length
                    : needed.AsSpan(tokens.Offsets[sequence], tokens.Length(sequence)).ToArray().Count(answer => answer >= 0);
                operations += 4 * length * hidden * hidden + rows * (4 * hidden * hidden + 4 * hidden * intermediate + 4 * length * hidden);
            }
        return operations;
    }

    private double HeadOperations(int[] masked) =>
        2.0 * masked.Count(answer => answer >= 0) * Shape.HiddenSize * (Shape.HiddenSize + Shape.VocabularySize);

    /// <summary>[CLS], a token a character, [SEP].</summary>
    private static PackedTokens Pack(IReadOnlyList<string> texts, char[] characters)
    {
        List<int> tokens = [];
        List<int> offsets = [0];
        foreach (var text in texts)
        {
            tokens.Add(MoleculeTokenizer.ClsId);
            tokens.AddRange(text.Select(character => MoleculeTokenizer.FirstOrdinaryId + Array.BinarySearch(characters, character)));
            tokens.Add(MoleculeTokenizer.SepId);
            offsets.Add(tokens.Count);
        }
        return new PackedTokens([.. tokens], [.. offsets]);
    }
}
