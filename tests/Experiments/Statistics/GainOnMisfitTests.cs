namespace W2S.Experiments.Tests;

public sealed class GainOnMisfitTests
{
    [Fact]
    public void Ratio_and_slope_are_those_of_sums()
    {
        var pairs = new GainOnMisfit();
        pairs.Add(gain: 0.5, misfit: 1);
        pairs.Add(gain: 2, misfit: 3);
        Assert.Equal(2.5 / 4, pairs.Ratio, 1e-15);
        Assert.Equal(6.5 / 10, pairs.SlopeThroughOrigin, 1e-15);
        Assert.Equal(0.75, pairs.Slope, 1e-15);
        Assert.Equal(-0.25, pairs.Intercept, 1e-15);
    }

    /// <summary>What rounding leaves of both has no quotient, and a student that copies the last digit but a few has one.</summary>
    [Theory]
    [InlineData(1e-8, 1e-14, false)]
    [InlineData(0, 0, false)]
    [InlineData(-3e-5, 1e-9, false)]
    [InlineData(-9e-6, 1e-9, true)]
    [InlineData(0, 1e-14, true)]
    public void A_student_that_only_repeats_its_teacher_has_no_ratio(double gain, double misfit, bool isDefined)
    {
        var pairs = new GainOnMisfit();
        for (var task = 0; task < 3; task++) pairs.Add(gain, misfit);
        Assert.Equal((isDefined, isDefined), (double.IsFinite(pairs.Ratio), double.IsFinite(pairs.SlopeThroughOrigin)));
    }
}
