using W2S.Data;
using W2S.Models;

namespace W2S.Training;

/// <summary>
/// Hides tokens for BERT's pretraining (Devlin et al., 2019), in MolBERT's form: each ordinary token on its own with
/// probability 0.15; a random replacement is never the token itself. [CLS], [SEP] and other special tokens are neither
/// hidden nor put in.
/// </summary>
/// <remarks>
/// What is hidden of a molecule depends on (seed, epoch, molecule) alone: not on its batch, its neighbours or how often the
/// training was interrupted.
/// </remarks>
public sealed class TokenMasking
{
    private readonly TokenMaskingOptions _options;
    private readonly int _ordinary;
    private readonly long _seed;
    private readonly string _stream;

    /// <param name="vocabularySize">Tokens, the special ones counted.</param>
    /// <param name="stream">Name of the random stream: another for validation than for training.</param>
    /// <exception cref="ArgumentException">The shares add up to more than 1, or there is nothing to replace a token by.</exception>
    public TokenMasking(TokenMaskingOptions options, int vocabularySize, long seed, string stream = "masking")
    {
        if (options.MaskShare + options.RandomShare > 1)
            throw new ArgumentException($"The shares of [MASK], {options.MaskShare}, and of random tokens, {options.RandomShare}, add up to more than 1.", nameof(options));
        _ordinary = vocabularySize - IMoleculeTokenizer.FirstOrdinaryId;
        if (_ordinary < 2) throw new ArgumentException($"A vocabulary of {vocabularySize} has no two ordinary tokens.", nameof(vocabularySize));
        (_options, _seed, _stream) = (options, seed, stream);
    }

    /// <summary>The same sequences with tokens hidden; <paramref name="tokens"/> is not changed.</summary>
    /// <param name="molecules">The number of each sequence's molecule in the corpus, [sequences].</param>
    public MaskedTokens Mask(PackedTokens tokens, ReadOnlySpan<int> molecules, long epoch)
    {
        if (molecules.Length != tokens.Sequences)
            throw new ArgumentException($"{tokens.Sequences} sequences have {molecules.Length} molecules.", nameof(molecules));
        var stream = $"{_stream} in epoch {epoch}";
        var inputs = (int[])tokens.Tokens.Clone();
        var (positions, labels) = (new List<int>(inputs.Length / 4), new List<int>(inputs.Length / 4));
        for (var sequence = 0; sequence < molecules.Length; sequence++)
        {
            var random = new RandomStream(_seed, stream, molecules[sequence]);
            for (var position = tokens.Offsets[sequence]; position < tokens.Offsets[sequence + 1]; position++)
            {
                var token = inputs[position];
                if (token < IMoleculeTokenizer.FirstOrdinaryId || random.NextDouble() >= _options.Share) continue;
                positions.Add(position);
                labels.Add(token);
                inputs[position] = Replacement(token, random);
            }
        }
        return new MaskedTokens(tokens with { Tokens = inputs }, [.. positions], [.. labels]);
    }

    private int Replacement(int token, RandomStream random)
    {
        var chance = random.NextDouble();
        if (chance < _options.MaskShare) return IMoleculeTokenizer.MaskId;
        if (chance >= _options.MaskShare + _options.RandomShare) return token;
        // One of the others, each as likely: those from the token on move up by one.
        var other = IMoleculeTokenizer.FirstOrdinaryId + random.NextInt(_ordinary - 1);
        return other >= token ? other + 1 : other;
    }
}
