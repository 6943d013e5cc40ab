using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

public class TokenMaskingTests
{
    private const int Vocabulary = 42, Molecules = 2000, Length = 50;

    private static readonly PackedTokens Corpus = MakeCorpus();
    private static readonly int[] All = [.. Enumerable.Range(0, Molecules)];
    private static readonly TokenMasking Masking = new(new EncoderPretrainingOptions.MaskingOptions(), Vocabulary, seed: 1);
    private static readonly EncoderBatch Masked = Masking.Mask(Corpus, All, epoch: 0);

    [Fact]
    public void Fifteen_percent_are_hidden_eighty_ten_ten()
    {
        const int ordinary = Molecules * (Length - 2);
        var now = Masked.Positions.Select(position => Masked.Tokens.Tokens[position]).ToArray();
        var behindMask = now.Count(token => token == MoleculeTokenizer.MaskId);
        var kept = now.Zip(Masked.Labels).Count(pair => pair.First == pair.Second);
        // Within five standard deviations of the binomial distributions.
        AssertShare(0.15, Masked.Labels.Length, ordinary);
        AssertShare(0.8, behindMask, now.Length);
        AssertShare(0.1, kept, now.Length);
        AssertShare(0.1, now.Length - behindMask - kept, now.Length);
    }

    [Fact]
    public void A_random_replacement_is_an_ordinary_token_other_than_the_one_replaced_and_each_is_as_likely()
    {
        var all = new TokenMasking(
            new EncoderPretrainingOptions.MaskingOptions { Share = 1, MaskShare = 0, RandomShare = 1 }, Vocabulary, 1).Mask(Corpus, All, 0);
        var counts = new int[Vocabulary, Vocabulary];
        foreach (var (position, label) in all.Positions.Zip(all.Labels)) counts[label, all.Tokens.Tokens[position]]++;
        for (var was = 0; was < Vocabulary; was++)
        for (var now = 0; now < Vocabulary; now++)
        {
            var possible = was >= MoleculeTokenizer.FirstOrdinaryId && now >= MoleculeTokenizer.FirstOrdinaryId && was != now;
            // 96,000 tokens over 38 · 37 pairs: 68 each, give or take 8.
            if (possible) Assert.InRange(counts[was, now], 30, 115);
            else Assert.Equal(0, counts[was, now]);
        }
    }

    [Fact]
    public void Special_tokens_are_never_hidden()
    {
        var all = new TokenMasking(new EncoderPretrainingOptions.MaskingOptions { Share = 1 }, Vocabulary, 1).Mask(Corpus, All, 0);
        Assert.Equal(
            Enumerable.Range(0, Corpus.Tokens.Length).Where(position => Corpus.Tokens[position] >= MoleculeTokenizer.FirstOrdinaryId),
            all.Positions);
    }

    [Fact]
    public void Special_tokens_may_stand_anywhere_in_a_vocabulary()
    {
        // As in BERT's own: [PAD] first, [MASK] and the others in the middle.
        var special = new TokenMasking.SpecialIds(Mask: 20, [0, 17, 18, 19, 20]);
        int[] tokens = [18, .. Enumerable.Range(1, Vocabulary - 1), 19];
        var corpus = new PackedTokens(tokens, [0, tokens.Length]);
        var options = new EncoderPretrainingOptions.MaskingOptions { Share = 1, MaskShare = 0.3, RandomShare = 0.7 };
        var masking = new TokenMasking(options, Vocabulary, 1, special: special);
        var seen = new HashSet<int>();
        for (var epoch = 0; epoch < 50; epoch++)
        {
            var masked = masking.Mask(corpus, [0], epoch);
            Assert.Equal(Enumerable.Range(0, tokens.Length).Where(position => !special.All.Contains(tokens[position])), masked.Positions);
            seen.UnionWith(masked.Positions.Select(position => masked.Tokens.Tokens[position]));
        }
        Assert.Equal(Enumerable.Range(0, Vocabulary).Except(special.All).Append(special.Mask).Order(), seen.Order());
    }

    [Fact]
    public void Labels_are_what_was_there_and_all_else_is_unchanged()
    {
        var restored = (int[])Masked.Tokens.Tokens.Clone();
        foreach (var (position, label) in Masked.Positions.Zip(Masked.Labels)) restored[position] = label;
        Assert.Equal(Corpus.Tokens, restored);
        Assert.Equal(MakeCorpus().Tokens, Corpus.Tokens);
        Assert.Equal(Corpus.Offsets, Masked.Tokens.Offsets);
        Assert.Equal(Masked.Positions.Order(), Masked.Positions);
    }

    [Fact]
    public void Each_token_has_its_label_or_minus_one()
    {
        var labels = new EncoderBatch(new PackedTokens([1, 3, 8, 2], [0, 4]), [1, 2], [9, 8]).LabelOfEachToken();
        Assert.Equal([-1, 9, 8, -1], labels);
    }

    [Fact]
    public void What_is_hidden_of_a_molecule_does_not_depend_on_its_batch()
    {
        int[] molecules = [1234, 7, 1999];
        var batch = Masking.Mask(Corpus.Pick(molecules), molecules, epoch: 0);
        Assert.Equal(Masked.Tokens.Pick(molecules).Tokens, batch.Tokens.Tokens);
    }

    [Fact]
    public void Every_epoch_seed_and_stream_hides_others_and_the_same_hides_the_same()
    {
        Assert.Equal(Masked.Tokens.Tokens, Masking.Mask(Corpus, All, 0).Tokens.Tokens);
        Assert.NotEqual(Masked.Tokens.Tokens, Masking.Mask(Corpus, All, 1).Tokens.Tokens);
        Assert.NotEqual(
            Masked.Tokens.Tokens,
            new TokenMasking(new EncoderPretrainingOptions.MaskingOptions(), Vocabulary, 2).Mask(Corpus, All, 0).Tokens.Tokens);
        Assert.NotEqual(
            Masked.Tokens.Tokens,
            new TokenMasking(new EncoderPretrainingOptions.MaskingOptions(), Vocabulary, 1, "validation")
                .Mask(Corpus, All, 0).Tokens.Tokens);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentException>(
            () => new TokenMasking(new EncoderPretrainingOptions.MaskingOptions { MaskShare = 0.95 }, Vocabulary, 1));
        Assert.Throws<ArgumentException>(() => new TokenMasking(new EncoderPretrainingOptions.MaskingOptions(), 5, 1));
        Assert.Throws<ArgumentException>(() => Masking.Mask(Corpus, [1], 0));
    }

    private static void AssertShare(double expected, int found, int of) =>
        Assert.InRange(
            found / (double)of, expected - 5 * Math.Sqrt(expected * (1 - expected) / of),
            expected + 5 * Math.Sqrt(expected * (1 - expected) / of));

    // [CLS], ordinary tokens, [SEP]
    private static PackedTokens MakeCorpus()
    {
        var random = new RandomStream(0, "corpus");
        var tokens = new int[Molecules * Length];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = (i % Length) switch
            {
                0 => MoleculeTokenizer.ClsId,
                Length - 1 => MoleculeTokenizer.SepId,
                _ => MoleculeTokenizer.FirstOrdinaryId + random.NextInt(Vocabulary - MoleculeTokenizer.FirstOrdinaryId),
            };
        return new PackedTokens(tokens, [.. Enumerable.Range(0, Molecules + 1).Select(molecule => molecule * Length)]);
    }
}
