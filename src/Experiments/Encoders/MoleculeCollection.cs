namespace W2S.Experiments;

/// <summary>Gathers the molecules of several corpora as tokens, each once, and counts what is left out.</summary>
/// <param name="maximumLength">Of a sequence, [CLS] and [SEP] counted; of both molecules together where pairs are made.</param>
internal sealed class MoleculeCollection(MoleculeTokenizer tokenizer, int maximumLength, bool pairs)
{
    private readonly List<string> _smiles = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<List<int[]>> _forms = [];
    private readonly List<int> _rows = [];
    private readonly List<float> _descriptors = [];
    private int _descriptorCount;

    /// <summary>For people: "3 molecules of x repeat earlier ones".</summary>
    public List<string> Skipped { get; } = [];

    public List<string> Sources { get; } = [];

    public List<string> Identity { get; } = [];

    private int LongestForm => pairs ? (maximumLength - 1) / 2 - 1 : maximumLength - 2;

    /// <exception cref="UserErrorException">
    /// The corpus has another number of ways of writing, or of descriptors, than an earlier one.
    /// </exception>
    public void Add(CorpusText corpus)
    {
        RequireSameForm(corpus);
        var width = corpus.Descriptors == null ? 0 : corpus.Descriptors.Length / corpus.Smiles.Count;
        var (repeats, unknown, tooLong, added) = (0, 0, 0, 0);
        var buffer = new int[corpus.Forms.Max(form => form.Max(text => text.Length))];
        var encoded = new int[corpus.Forms.Count][];
        for (var molecule = 0; molecule < corpus.Smiles.Count; molecule++)
        {
            if (_seen.Contains(corpus.Smiles[molecule])) repeats++;
            else if (!TryEncode(corpus, molecule, buffer, encoded)) unknown++;
            else if (encoded.Max(tokens => tokens.Length) > LongestForm) tooLong++;
            else
            {
                added++;
                Append(corpus, molecule, encoded, width);
            }
        }
        if (repeats > 0) Skipped.Add($"{repeats:N0} of {corpus.Name} that repeat earlier ones");
        if (unknown > 0) Skipped.Add($"{unknown:N0} of {corpus.Name} with symbols that the tokenizer {tokenizer.Name} lacks");
        if (tooLong > 0) Skipped.Add($"{tooLong:N0} of {corpus.Name} of more than {LongestForm} tokens");
        Sources.Add(FormattableString.Invariant($"{corpus.Name}: {added:N0} {Counted.Word(added, "molecule")}{(width > 0 ? $", {Counted.Of(width, "descriptor")}" : "")}"));
        Identity.Add($"{corpus.Name} {corpus.Identity}");
    }

    public (PretrainingExamples Molecules, string[] Smiles) Molecules() =>
        (new PretrainingExamples([.. _forms.Select(Pack)], _descriptorCount, [.. _descriptors], [.. _rows]), [.. _smiles]);

    private void RequireSameForm(CorpusText corpus)
    {
        if (_forms.Count == 0) _forms.AddRange(corpus.Forms.Select(_ => new List<int[]>()));
        if (corpus.Forms.Count != _forms.Count)
            throw new UserErrorException(
                $"{corpus.Name} has each molecule in {Counted.Of(corpus.Forms.Count, "form")} and the corpora before it in {_forms.Count}. Prepare "
                + "all with the same --renumberings.");
        if (pairs && corpus.Forms.Count < 2)
            throw new UserErrorException(
                $"{corpus.Name} has one form of each molecule, and pairs of one molecule need two. Prepare it with --renumberings 1 "
                + "or more and take the tokenizer molbert, or leave pairs out.");
        var width = corpus.Descriptors == null ? 0 : corpus.Descriptors.Length / corpus.Smiles.Count;
        if (width == 0) return;
        if (_descriptorCount > 0 && _descriptorCount != width)
            throw new UserErrorException(
                $"{corpus.Name} has {width} descriptors, and a corpus before it {_descriptorCount}. Prepare them alike.");
        _descriptorCount = width;
    }

    private bool TryEncode(CorpusText corpus, int molecule, int[] buffer, int[][] encoded)
    {
        for (var form = 0; form < corpus.Forms.Count; form++)
        {
            if (!tokenizer.TryEncode(corpus.Forms[form][molecule], buffer, out var count, out _)) return false;
            encoded[form] = buffer[..count];
        }
        return true;
    }

    private void Append(CorpusText corpus, int molecule, int[][] encoded, int width)
    {
        _seen.Add(corpus.Smiles[molecule]);
        _smiles.Add(corpus.Smiles[molecule]);
        for (var form = 0; form < encoded.Length; form++) _forms[form].Add(encoded[form]);
        _rows.Add(width == 0 ? -1 : _descriptors.Count / width);
        if (width > 0) _descriptors.AddRange(corpus.Descriptors.AsSpan(molecule * width, width));
    }

    private static PackedTokens Pack(List<int[]> sequences)
    {
        var offsets = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++) offsets[i + 1] = checked(offsets[i] + sequences[i].Length + 2);
        var tokens = new int[offsets[^1]];
        for (var i = 0; i < sequences.Count; i++)
        {
            tokens[offsets[i]] = MoleculeTokenizer.ClsId;
            sequences[i].CopyTo(tokens, offsets[i] + 1);
            tokens[offsets[i + 1] - 1] = MoleculeTokenizer.SepId;
        }
        return new PackedTokens(tokens, offsets);
    }
}
