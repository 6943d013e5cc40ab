namespace W2S.Models.Tests;

public class PackedTokensTests
{
    private static readonly PackedTokens Corpus = new([1, 10, 2, 1, 2, 1, 20, 21, 2], [0, 3, 5, 9], [0, 0, 0, 0, 0, 0, 1, 1, 1]);

    [Fact]
    public void Sequences_are_picked_in_the_order_asked_for()
    {
        var picked = Corpus.Pick([2, 0, 2]);
        Assert.Equal([1, 20, 21, 2, 1, 10, 2, 1, 20, 21, 2], picked.Tokens);
        Assert.Equal([0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1], picked.Types);
        Assert.Equal([0, 4, 7, 11], picked.Offsets);
        Assert.Null((Corpus with { Types = null }).Pick([1]).Types);
    }

    [Fact]
    public void A_copy_leaves_the_corpus_alone()
    {
        Corpus.Pick([0, 1, 2]).Tokens[0] = 99;
        Assert.Equal(1, Corpus.Tokens[0]);
    }
}
