namespace W2S.Data.Tests;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 rows")]
    [InlineData(1, "1 row")]
    [InlineData(2, "2 rows")]
    [InlineData(1001, "1001 rows")]
    public void One_is_one_and_anything_else_is_several(long count, string words) => Assert.Equal(words, Counted.Of(count, "row"));

    [Theory]
    [InlineData(1, "1 study", "study", "The run")]
    [InlineData(3, "3 studies", "studies", "All 3 runs")]
    public void Words_may_have_a_plural_of_their_own(long count, string number, string word, string all)
    {
        Assert.Equal(number, Counted.Of(count, "study", "studies"));
        Assert.Equal(word, Counted.Word(count, "study", "studies"));
        Assert.Equal(all, Counted.AllOf(count, "run"));
    }
}
