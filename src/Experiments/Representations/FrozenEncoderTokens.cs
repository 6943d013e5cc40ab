using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>Labelled molecules to the sequences of an encoder, or one error that says all that is wrong.</summary>
internal static class FrozenEncoderTokens
{
    private const int ShownProblems = 5;

    /// <exception cref="UserErrorException">Symbols that the tokenizer lacks, molecules that are too long, or no RDKit where it is needed.</exception>
    public static PackedTokens Of(MoleculeData data, MoleculeTokenizer tokenizer, EncoderShape shape, string encoder, Action? ask = null)
    {
        var smiles = Readable(data, tokenizer, ask);
        var longest = Longest(shape);
        var offsets = new int[smiles.Count + 1];
        var tokens = new List<byte>(smiles.Sum(one => one.Length + 2));
        var problems = new List<string>();
        var ids = new byte[smiles.Max(one => one.Length)];
        for (var row = 0; row < smiles.Count; row++)
        {
            if (!tokenizer.TryEncode(smiles[row], ids, out var count, out var position))
                problems.Add($"{data.Table.Place(row)}: {tokenizer.Explain(smiles[row], position)}");
            else if (count + 2 > longest)
                problems.Add($"{data.Table.Place(row)}: {count + 2} tokens with [CLS] and [SEP], and {encoder} reads at most {longest}: '{smiles[row]}'. {LengthRemedy(shape)}");
            tokens.Add(IMoleculeTokenizer.ClsId);
            tokens.AddRange(ids.AsSpan(0, count));
            tokens.Add(IMoleculeTokenizer.SepId);
            offsets[row + 1] = tokens.Count;
        }
        if (problems.Count > 0) throw Wrong(data, problems);
        return new PackedTokens([.. tokens], offsets);
    }

    /// <summary>The shape with a maximum that these sequences do not exceed, where its positions are computed.</summary>
    public static EncoderShape ShapeFor(EncoderShape shape, PackedTokens tokens)
    {
        var longest = Enumerable.Range(0, tokens.Sequences).Max(tokens.Length);
        return shape.MaximumLength < longest && longest <= Longest(shape) ? shape with { MaximumLength = longest } : shape;
    }

    private static int Longest(EncoderShape shape) =>
        shape.Positions == PositionEncoding.Sinusoidal ? Math.Max(shape.MaximumLength, FrozenEncoder.LongestExtended) : shape.MaximumLength;

    private static string LengthRemedy(EncoderShape shape) => shape.Positions == PositionEncoding.Learned
        ? "Its positions are a learned table without more rows: pretrain one with sinusoidal positions or a greater maximum_length, or leave the molecule out."
        : "Leave the molecule out.";

    // MolBERT's vocabulary has no aromatic atoms.
    private static IReadOnlyList<string> Readable(MoleculeData data, MoleculeTokenizer tokenizer, Action? ask) =>
        tokenizer is MolbertTokenizer ? data.Kekulised ?? Kekulisation.Of(data.Table, ask) : data.Table.Smiles;

    private static UserErrorException Wrong(MoleculeData data, IReadOnlyList<string> problems)
    {
        var more = problems.Count > ShownProblems ? $"\n  and {problems.Count - ShownProblems} more" : "";
        return new UserErrorException(
            $"{data.Table.Source} has {problems.Count} of {data.Table.Count} molecules that cannot be read:\n  {string.Join("\n  ", problems.Take(ShownProblems))}{more}");
    }
}
