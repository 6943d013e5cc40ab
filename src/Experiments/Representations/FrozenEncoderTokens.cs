namespace W2S.Experiments;

/// <summary>Labelled molecules to the sequences of an encoder, or one error that says all that is wrong.</summary>
internal static class FrozenEncoderTokens
{
    /// <summary>Tokens up to which sinusoidal positions are computed: MolBERT's max_seq_length when it is finetuned.</summary>
    public const int LongestExtended = 512;

    private const int ShownProblems = 5;

    /// <exception cref="UserErrorException">
    /// Symbols that the tokenizer lacks, molecules that are too long, or no RDKit where it is needed.
    /// </exception>
    public static PackedTokens Of(MoleculeData data, MoleculeTokenizer tokenizer, EncoderShape shape, string encoder, Action? ask = null)
    {
        // MolBERT's vocabulary has no aromatic atoms.
        var smiles = tokenizer is MolbertTokenizer ? data.Kekulised ?? Kekulisation.Of(data.Table, ask) : data.Table.Smiles;
        var offsets = new int[smiles.Count + 1];
        var tokens = new List<int>(smiles.Sum(one => one.Length + 2));
        var problems = new List<string>();
        var ids = new int[smiles.Max(one => one.Length)];
        for (var row = 0; row < smiles.Count; row++)
        {
            if (Problem(smiles[row], tokenizer, shape, encoder, ids, out var count) is { } problem)
                problems.Add($"{data.Table.Place(row)}: {problem}");
            tokens.Add(MoleculeTokenizer.ClsId);
            tokens.AddRange(ids.AsSpan(0, count));
            tokens.Add(MoleculeTokenizer.SepId);
            offsets[row + 1] = tokens.Count;
        }
        if (problems.Count > 0) throw Wrong(data, problems);
        return new PackedTokens([.. tokens], offsets);
    }

    /// <summary>The molecules that an encoder cannot read, by their rows, and why.</summary>
    /// <exception cref="UserErrorException">No RDKit where it is needed.</exception>
    public static IEnumerable<(int Row, string Why)> Problems(
        MoleculeData data, MoleculeTokenizer tokenizer, EncoderShape shape, string encoder, Action? ask)
    {
        IReadOnlyList<(string? Text, string? Problem)> forms = tokenizer is not MolbertTokenizer ? [.. data.Table.Smiles.Select(smiles => (smiles, (string?)null))]
            : data.Kekulised is { } known ? [.. known.Select(smiles => (smiles, (string?)null))] : Kekulisation.Try(data.Table, ask);
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
    public static EncoderShape ShapeFor(EncoderShape shape, PackedTokens tokens)
    {
        var longest = Enumerable.Range(0, tokens.Sequences).Max(tokens.Length);
        return shape.MaximumLength < longest && longest <= Longest(shape) ? shape with { MaximumLength = longest } : shape;
    }

    /// <summary>Tokens of the longest molecule that an encoder of this shape reads, [CLS] and [SEP] counted.</summary>
    public static int Longest(EncoderShape shape) =>
        shape.Positions == PositionEncoding.Sinusoidal ? Math.Max(shape.MaximumLength, LongestExtended) : shape.MaximumLength;

    private static string LengthRemedy(EncoderShape shape) => shape.Positions == PositionEncoding.Learned
        ? "Its positions are a learned table without more rows: pretrain one with sinusoidal positions or a greater maximum_length, or leave the molecule out."
        : "Leave the molecule out.";

    private static UserErrorException Wrong(MoleculeData data, IReadOnlyList<string> problems)
    {
        var more = problems.Count > ShownProblems ? $"\n  and {problems.Count - ShownProblems} more" : "";
        return new UserErrorException(
            $"{data.Table.Source} has {problems.Count} of {Counted.Of(data.Table.Count, "molecule")} that cannot be read:\n  {string.Join("\n  ", problems.Take(ShownProblems))}{more}");
    }
}
