using W2S.Data;

namespace W2S.Experiments;

/// <summary>What becomes of a teacher's probabilities before its student learns from them.</summary>
public class WeakLabelsTests
{
    private static readonly Targets Teacher = new(1, 2, 2, [0.8, 0.2, 0.4, 0.6]);

    [Fact]
    public void Where_nothing_is_asked_for_they_are_the_teachers_own() => Assert.Same(Teacher, new Study.WeakLabelOptions().Of(Teacher));

    /// <summary>p^(1/τ) made to sum to 1: squares at τ = ½, square roots at 2.</summary>
    [Theory]
    [InlineData(0.5, 0.64 / 0.68, 0.16 / 0.52)]
    [InlineData(2, 2 / 3.0, 0.4494897427831781)]
    public void A_temperature_below_1_makes_them_surer_and_one_above_less_sure(double temperature, double first, double second)
    {
        var labels = new Study.WeakLabelOptions { Temperature = temperature }.Of(Teacher);
        foreach (var (expected, found) in new[] { first, 1 - first, second, 1 - second }.Zip(labels.Values)) Assert.Equal(expected, found, 1e-12);
    }

    [Fact]
    public void Hardened_they_are_the_likeliest_class() => Assert.Equal([1, 0, 0, 1], new Study.WeakLabelOptions { Hard = true, Temperature = 3 }.Of(Teacher).Values);
}
