namespace W2S.Experiments;

// Labelled molecules to the sequences of an encoder, or one error that says all that is wrong.
internal sealed partial class FrozenEncoder
{
    /// <summary>Tokens up to which sinusoidal positions are computed: MolBERT's max_seq_length when it is finetuned.</summary>
    public const int LongestExtended = 512;

    /// <exception cref="UserErrorException">
    /// Symbols that the tokenizer lacks, molecules that are too long, or no RDKit where it is needed.
    /// </exception>
    private static PackedTokens OfMolecules(
        MoleculeData data, MoleculeTokenizer tokenizer, EncoderShape shape, string encoder, Action? ask = null)
    {
        // MolBERT's vocabulary has no aromatic atoms.
        var smiles = tokenizer is MolbertTokenizer ? data.Kekulised ?? Kekulisation.Of(data, ask) : data.Smiles;
        var (sequences, problems) = (new List<int[]>(smiles.Count), new List<string>());
        var ids = new int[smiles.Max(one => one.Length)];
        for (var row = 0; row < smiles.Count; row++)
        {
            if (Problem(smiles[row], tokenizer, shape, encoder, ids, out var count) is { } problem)
                problems.Add($"{data.Place(row)}: {problem}");
            sequences.Add([MoleculeTokenizer.ClsId, .. ids.AsSpan(0, count), MoleculeTokenizer.SepId]);
        }
        return problems.Count == 0 ? PackedTokens.Of(sequences) : throw new UserErrorException(
            $"{data.Source} has {problems.Count} of {Counted.Of(data.Count, "molecule")} that cannot be read:\n  "
            + Counted.FirstOf(problems, "\n  "));
    }

    /// <summary>The molecules that an encoder cannot read, by their rows, and why.</summary>
    /// <exception cref="UserErrorException">No RDKit where it is needed.</exception>
    public static IEnumerable<(int Row, string Why)> Problems(
        MoleculeData data, MoleculeTokenizer tokenizer, EncoderShape shape, string encoder, Action? ask)
    {
        var written = tokenizer is MolbertTokenizer ? data.Kekulised : data.Smiles;
        IReadOnlyList<(string? Text, string? Problem)> forms =
            written == null ? Kekulisation.Try(data, ask) : [.. written.Select(smiles => (smiles, (string?)null))];
        var ids = new int[forms.Max(form => form.Text?.Length ?? 0)];
        foreach (var (row, form) in forms.Index())
            if ((form.Text == null ? form.Problem : Problem(form.Text, tokenizer, shape, encoder, ids, out _)) is { } why)
                yield return (row, why);
    }

    private static string? Problem(string smiles, MoleculeTokenizer tokenizer, EncoderShape shape, string encoder, int[] ids, out int count)
    {
        if (!tokenizer.TryEncode(smiles, ids, out count, out var position)) return tokenizer.Explain(smiles, position);
        return count + 2 > Longest(shape)
            ? $"{count + 2} tokens with [CLS] and [SEP], and {encoder} reads at most {Longest(shape)}: '{smiles}'. {LengthRemedy(shape)}"
            : null;
    }

    /// <summary>The shape with a maximum that these sequences do not exceed, where its positions are computed.</summary>
    private static EncoderShape ShapeFor(EncoderShape shape, PackedTokens tokens)
    {
        var longest = Enumerable.Range(0, tokens.Sequences).Max(tokens.Length);
        return shape.MaximumLength < longest && longest <= Longest(shape) ? shape with { MaximumLength = longest } : shape;
    }

    /// <summary>Tokens of the longest molecule that an encoder of this shape reads, [CLS] and [SEP] counted.</summary>
    public static int Longest(EncoderShape shape) =>
        shape.Positions == PositionEncoding.Sinusoidal ? Math.Max(shape.MaximumLength, LongestExtended) : shape.MaximumLength;

    private static string LengthRemedy(EncoderShape shape) => shape.Positions == PositionEncoding.Learned
        ? "Its positions are a learned table without more rows: pretrain one with sinusoidal positions or a greater maximum_length, "
            + "or leave the molecule out."
        : "Leave the molecule out.";
}
