using W2S.Data;
using W2S.Experiments;

namespace W2S.Tests.Experiments.Configuration;

public class SeedListTests
{
    [Theory]
    [InlineData("5", "5")]
    [InlineData("0..3", "0 1 2 3")]
    [InlineData("0,3,7", "0 3 7")]
    [InlineData("0..2, 9", "0 1 2 9")]
    [InlineData("1,1,0..2", "1 0 2")]
    [InlineData("9223372036854775806..9223372036854775807", "9223372036854775806 9223372036854775807")]
    public void Seeds_are_ranges_and_lists(string text, string seeds) => Assert.Equal(seeds, string.Join(' ', SeedList.Parse(text)));

    [Theory]
    [InlineData("", "\"\" is not a seed")]
    [InlineData("a", "\"a\" is not a seed")]
    [InlineData("-1", "\"-1\" is not a seed")]
    [InlineData("0..1..2", "\"0..1..2\" is not a seed")]
    [InlineData("9..0", "write 0..9")]
    [InlineData("0..999999999999", "more than 100000 seeds")]
    public void Anything_else_is_explained(string text, string part) =>
        Assert.Contains(part, Assert.Throws<UserErrorException>(() => SeedList.Parse(text)).Message);
}
