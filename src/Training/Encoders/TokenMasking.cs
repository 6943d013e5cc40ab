namespace W2S.Training;

/// <summary>
/// Hides tokens for BERT's pretraining (Devlin et al., 2019), in MolBERT's form: each ordinary token on its own with
/// probability 0.15; a random replacement is never the token itself. [CLS], [SEP] and other special tokens are neither
/// hidden nor put in.
/// </summary>
/// <remarks>
/// What is hidden of an example depends on (seed, epoch, example) alone: not on its batch, its neighbours or how often the
/// training was interrupted.
/// </remarks>
internal sealed class TokenMasking
{
    private readonly EncoderPretrainingOptions.MaskingOptions _options;
    private readonly int _mask;
    private readonly int[] _ordinary; // ids
    private readonly int[] _places; // of each id among them, or −1
    private readonly long _seed;
    private readonly string _stream;

    /// <param name="vocabularySize">Tokens, the special ones counted.</param>
    /// <param name="stream">Name of the random stream: another for validation than for training.</param>
    /// <param name="special">Null: those of molecules.</param>
    /// <exception cref="ArgumentException">The shares add up to more than 1, or there is nothing to replace a token by.</exception>
    public TokenMasking(
        EncoderPretrainingOptions.MaskingOptions options, int vocabularySize, long seed, string stream = "masking",
        SpecialIds? special = null)
    {
        if (options.MaskShare + options.RandomShare > 1)
            throw new ArgumentException(
                $"The shares of [MASK], {options.MaskShare}, and of random tokens, {options.RandomShare}, add up to more than 1.",
                nameof(options));
        special ??= SpecialIds.OfMolecules;
        _ordinary = [.. Enumerable.Range(0, vocabularySize).Except(special.All)];
        _places = new int[vocabularySize];
        Array.Fill(_places, -1);
        foreach (var (place, id) in _ordinary.Index()) _places[id] = place;
        if (_ordinary.Length < 2)
            throw new ArgumentException($"A vocabulary of {vocabularySize} has no two ordinary tokens.", nameof(vocabularySize));
        (_options, _mask, _seed, _stream) = (options, special.Mask, seed, stream);
    }

    /// <summary>The same sequences with tokens hidden; <paramref name="tokens"/> is not changed.</summary>
    /// <param name="examples">The number of each sequence's example in the corpus, [sequences].</param>
    public EncoderBatch Mask(PackedTokens tokens, ReadOnlySpan<int> examples, long epoch)
    {
        if (examples.Length != tokens.Sequences)
            throw new ArgumentException($"{tokens.Sequences} sequences have {examples.Length} examples.", nameof(examples));
        var stream = $"{_stream} in epoch {epoch}";
        var inputs = (int[])tokens.Tokens.Clone();
        var (positions, labels) = (new List<int>(inputs.Length / 4), new List<int>(inputs.Length / 4));
        for (var sequence = 0; sequence < examples.Length; sequence++)
        {
            var random = new RandomStream(_seed, stream, examples[sequence]);
            for (var position = tokens.Offsets[sequence]; position < tokens.Offsets[sequence + 1]; position++)
            {
                var token = inputs[position];
                if (_places[token] < 0 || random.NextDouble() >= _options.Share) continue;
                positions.Add(position);
                labels.Add(token);
                inputs[position] = Replacement(token, random);
            }
        }
        return new EncoderBatch(tokens with { Tokens = inputs }, [.. positions], [.. labels]);
    }

    private int Replacement(int token, RandomStream random)
    {
        var chance = random.NextDouble();
        if (chance < _options.MaskShare) return _mask;
        if (chance >= _options.MaskShare + _options.RandomShare) return token;
        // One of the others, each as likely: those from the token on move up by one.
        var other = random.NextInt(_ordinary.Length - 1);
        return _ordinary[other >= _places[token] ? other + 1 : other];
    }

    /// <summary>A vocabulary's special tokens, which masking neither hides nor puts in.</summary>
    /// <param name="Mask">What stands for a hidden token.</param>
    /// <param name="All">The mask's id among them.</param>
    public sealed record SpecialIds(int Mask, IReadOnlyList<int> All)
    {
        /// <summary>[PAD], [CLS], [SEP] and [MASK] of every vocabulary of molecules.</summary>
        public static SpecialIds OfMolecules { get; } =
            new(MoleculeTokenizer.MaskId, [.. Enumerable.Range(0, MoleculeTokenizer.FirstOrdinaryId)]);
    }
}
