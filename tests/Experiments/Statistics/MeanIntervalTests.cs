namespace W2S.Experiments;

public sealed class MeanIntervalTests
{
    /// <summary>Against the printed table of Student's t at 97.5 %.</summary>
    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.3027)]
    [InlineData(3, 3.1824)]
    [InlineData(4, 2.7764)]
    [InlineData(9, 2.2622)]
    [InlineData(30, 2.0423)]
    [InlineData(99, 1.9842)]
    [InlineData(9999, 1.9602)]
    public void The_quantile_is_the_one_of_the_table(int degrees, double expected) => Assert.Equal(expected, Spread.StudentQuantile(degrees), 4);

    [Fact]
    public void The_interval_is_the_textbook_one()
    {
        var interval = Spread.Of([1, 2, 3, 4, 5, null, double.NaN])!;
        Assert.Equal(5, interval.Seeds);
        Assert.Equal(3, interval.Mean);
        Assert.Equal(2.7764 * Math.Sqrt(2.5) / Math.Sqrt(5), interval.HalfWidth!.Value, 3);
    }

    [Fact]
    public void One_value_has_no_interval_and_none_has_no_mean()
    {
        Assert.Equal("2.000", Spread.Of([2])!.ToString());
        Assert.Null(Spread.Of([null]));
    }
}
