using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

/// <summary>Small pretrainings on generated molecules.</summary>
internal static class EncoderCorpora
{
    private static readonly MolbertTokenizer Tokenizer = new();

    /// <param name="described">How many of the molecules have descriptors: simple functions of their tokens, 3 each.</param>
    /// <param name="forms">Ways of writing each; they differ in a token that stands for nothing but the form.</param>
    public static EncoderBatches.Examples Molecules(int count, int described, int forms = 1)
    {
        var smiles = SyntheticMolecules.Generate(count, 3).Select(molecule => molecule.Kekulised).ToArray();
        var sequences = Enumerable.Range(0, forms).Select(form => Pack([.. smiles.Select(text => Encode(text, form))])).ToArray();
        var descriptors = new float[described * 3];
        for (var row = 0; row < described; row++)
            for (var column = 0; column < 3; column++)
                descriptors[row * 3 + column] =
                    sequences[0].Tokens.AsSpan(sequences[0].Offsets[row], sequences[0].Length(row)).Count(8 + column) / 30f;
        return new EncoderBatches.Examples(
            sequences, described == 0 ? 0 : 3, descriptors, [.. Enumerable.Range(0, count).Select(row => row < described ? row : -1)]);
    }

    public static EncoderPretrainingProblem Problem(
        EncoderBatches.Examples molecules, EncoderPretrainingOptions options, bool pairs = false, int hidden = 16, long seed = 0)
    {
        var shape = new EncoderShape(Tokenizer.VocabularySize, hidden, 2, 2) { MaximumLength = 260 };
        var batches = new EncoderBatches(molecules, [.. Enumerable.Range(0, molecules.Count)], shape.VocabularySize, options, pairs, seed);
        return new EncoderPretrainingProblem(
            "small encoder", shape, EncoderWeights.InitialiseEncoder(shape, seed, "encoder"),
            EncoderWeights.InitialiseHeads(shape, molecules.DescriptorCount, pairs, seed, "heads"), batches, options, seed);
    }

    private static int[] Encode(string smiles, int form)
    {
        var ids = new int[smiles.Length];
        var count = Tokenizer.Encode(smiles, ids, out _);
        return [MoleculeTokenizer.ClsId, .. ids[..count], .. Enumerable.Repeat(40, form), MoleculeTokenizer.SepId];
    }

    private static PackedTokens Pack(int[][] sequences)
    {
        var offsets = new int[sequences.Length + 1];
        for (var i = 0; i < sequences.Length; i++) offsets[i + 1] = offsets[i] + sequences[i].Length;
        return new PackedTokens([.. sequences.SelectMany(sequence => sequence)], offsets);
    }
}
