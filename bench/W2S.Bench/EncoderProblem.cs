using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Batches of 16 real molecules for a masked-token step of a 2-layer, 2-head encoder: a token a character, 15 % asked.</summary>
internal sealed class EncoderProblem
{
    public const int BatchSize = 16, BatchCount = 24;
    private const int Classification = 1, Separator = 2, Mask = 3, FirstCharacter = 4, Longest = 128;

    private EncoderProblem(int hidden, IReadOnlyList<(PackedTokens, EncoderTargets)> batches, int vocabulary)
    {
        Shape = new EncoderShape(vocabulary, hidden, 2, 2) { MaximumLength = Longest };
        Batches = batches;
        Encoder = EncoderWeights.InitialiseEncoder(Shape, 0, "bench encoder");
        Heads = EncoderWeights.InitialiseHeads(Shape, 0, false, 0, "bench heads");
    }

    public EncoderShape Shape { get; }
    public EncoderWeights Encoder { get; }
    public EncoderWeights Heads { get; }
    public IReadOnlyList<(PackedTokens Tokens, EncoderTargets Targets)> Batches { get; }

    /// <summary>Mean tokens of a molecule, [CLS] and [SEP] counted.</summary>
    public double MeanLength => Batches.Average(batch => (double)batch.Tokens.Tokens.Length / BatchSize);

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
        var molecules = new List<string>();
        _ = reader.ReadLine();
        // Every 97th: the file's order is not by chance.
        for (var line = 0; reader.ReadLine() is { } text && molecules.Count < BatchSize * BatchCount; line++)
            if (line % 97 == 0) molecules.Add(text[..Math.Min(text.Length, Longest - 2)]);
        var characters = molecules.SelectMany(molecule => molecule).Distinct().Order().ToArray();
        var random = new RandomStream(0, "bench masking");
        var batches = molecules.Chunk(BatchSize).Select(batch => Batch(batch, characters, random)).ToArray();
        return [.. hidden.Select(width => new EncoderProblem(width, batches, FirstCharacter + characters.Length))];
    }

    /// <summary>Writes what bench/peers/encoder.py reads.</summary>
    public void Write(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "parameters.bin"), MemoryMarshal.AsBytes<float>((float[])[.. Encoder.Values, .. Heads.Values]).ToArray());
        File.WriteAllText(Path.Combine(folder, "case.json"), JsonSerializer.Serialize(new
        {
            shape = new
            {
                vocabulary = Shape.VocabularySize, hidden = Shape.HiddenSize, layers = Shape.Layers, heads = Shape.Heads, intermediate = Shape.IntermediateSize,
                longest = Shape.MaximumLength, types = Shape.TokenTypes, learned = false, descriptors = 0, same = false,
            },
            encoder = Encoder.Parameters.Select(parameter => parameter.Name),
            heads = Heads.Parameters.Select(parameter => parameter.Name),
            rate = 1e-3,
            batches = Batches.Select(batch => new { tokens = batch.Tokens.Tokens.Select(token => (int)token), offsets = batch.Tokens.Offsets, masked = batch.Targets.Masked }),
        }));
    }

    /// <summary>
    /// Floating-point operations of a batch's step as W2S computes it, multiply-adds of matrix products as two: three
    /// products for each of the forward pass; the last layer's queries, outputs and feed-forward on asked tokens only.
    /// </summary>
    public double StepOperations => 3 * Batches.Average(batch => ForwardOperations(batch.Tokens, batch.Targets.Masked!) + HeadOperations(batch.Targets.Masked!));

    /// <summary>The same of a forward pass to pooled features.</summary>
    public double FeatureOperations => Batches.Average(batch =>
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
                var rows = layer < Shape.Layers - 1 ? length : needed.AsSpan(tokens.Offsets[sequence], tokens.Length(sequence)).ToArray().Count(answer => answer >= 0);
                operations += 4 * length * hidden * hidden + rows * (4 * hidden * hidden + 4 * hidden * intermediate + 4 * length * hidden);
            }
        return operations;
    }

    private double HeadOperations(int[] masked) => 2.0 * masked.Count(answer => answer >= 0) * Shape.HiddenSize * (Shape.HiddenSize + Shape.VocabularySize);

    private static (PackedTokens, EncoderTargets) Batch(string[] molecules, char[] characters, RandomStream random)
    {
        List<byte> tokens = [];
        List<int> masked = [], offsets = [0];
        foreach (var molecule in molecules)
        {
            Add(Classification, -1);
            foreach (var character in molecule)
            {
                var token = FirstCharacter + Array.BinarySearch(characters, character);
                var asked = random.NextInt(100) < 15;
                Add(asked && random.NextInt(10) < 8 ? Mask : token, asked ? token : -1);
            }
            Add(Separator, -1);
            offsets.Add(tokens.Count);
        }
        return (new PackedTokens([.. tokens], [.. offsets]), new EncoderTargets([.. masked]));

        void Add(int token, int answer)
        {
            tokens.Add((byte)token);
            masked.Add(answer);
        }
    }
}
