using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>An encoder, its heads and random batches for it, all a function of what is given.</summary>
internal sealed class EncoderCase
{
    /// <param name="lengths">Of the sequences of each batch.</param>
    public EncoderCase(EncoderShape shape, int[] lengths, int descriptors, bool sameMolecule, int seed, int batches = 1)
    {
        (Shape, Descriptors, HasPairs) = (shape, descriptors, sameMolecule);
        Encoder = EncoderWeights.InitialiseEncoder(shape, seed, "encoder");
        Heads = EncoderWeights.InitialiseHeads(shape, descriptors, sameMolecule, seed, "heads");
        // As after some training: with BERT's start every delta would be tiny and biases and LayerNorms would hide mistakes.
        var random = new RandomStream(seed, "perturbation");
        foreach (var weights in (EncoderWeights[])[Encoder, Heads])
            for (var index = 0; index < weights.Values.Length; index++) weights.Values[index] += (float)(0.1 * random.NextNormal());
        for (var batch = 0; batch < batches; batch++) Batches.Add(Draw(lengths, new RandomStream(seed, "batch", batch)));
    }

    public EncoderShape Shape { get; }
    public int Descriptors { get; }
    public bool HasPairs { get; }
    public EncoderWeights Encoder { get; }
    public EncoderWeights Heads { get; }
    public List<(PackedTokens Tokens, EncoderTargets Targets)> Batches { get; } = [];

    public FusedEncoder Load(InstructionSet instructions, int blockTokens = 256, int parts = 1)
    {
        var fused = new FusedEncoder(Shape, Descriptors, HasPairs, instructions, parts) { BlockTokens = blockTokens };
        fused.Load(Encoder, Heads);
        return fused;
    }

    /// <summary>Losses and gradients of the first batch.</summary>
    public (EncoderBatch.Losses Losses, EncoderWeights Encoder, EncoderWeights Heads) Gradients(
        InstructionSet instructions, int blockTokens = 256, int parts = 1)
    {
        using var fused = Load(instructions, blockTokens, parts);
        var losses = fused.AddGradients(Batches[0].Tokens, Batches[0].Targets);
        var (encoder, heads) = (new EncoderWeights(Encoder.Parameters), new EncoderWeights(Heads.Parameters));
        fused.StoreGradients(encoder, heads);
        return (losses, encoder, heads);
    }

    private (PackedTokens, EncoderTargets) Draw(int[] lengths, RandomStream random)
    {
        var offsets = new int[lengths.Length + 1];
        for (var sequence = 0; sequence < lengths.Length; sequence++) offsets[sequence + 1] = offsets[sequence] + lengths[sequence];
        var tokens = new int[offsets[^1]];
        var types = new byte[tokens.Length];
        var masked = new int[tokens.Length];
        for (var token = 0; token < tokens.Length; token++)
        {
            tokens[token] = random.NextInt(Shape.VocabularySize);
            types[token] = (byte)random.NextInt(Shape.TokenTypes);
            masked[token] = random.NextInt(100) < 15 ? random.NextInt(Shape.VocabularySize) : -1;
        }
        masked[0] = 3;
        float[]? descriptors = null;
        if (Descriptors > 0)
        {
            descriptors = new float[lengths.Length * Descriptors];
            for (var index = 0; index < descriptors.Length; index++) descriptors[index] = (float)random.NextNormal();
        }
        var same = HasPairs ? lengths.Select(_ => random.NextInt(2)).ToArray() : null;
        return (new PackedTokens(tokens, offsets, types), new EncoderTargets(masked, descriptors, same));
    }
}
