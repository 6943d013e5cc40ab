using System.Numerics.Tensors;
using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Objectives;

/// <summary>The same number gives the same bits, whatever stands beside it and however often the runtime has compiled its code.</summary>
public sealed class LinkTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(17)]
    public void Exponentials_beside_one_that_is_out_of_range_are_those_of_each_number_alone(int width)
    {
        var random = new RandomStream(0, "powers");
        for (var row = 0; row < 2000; row++)
        {
            double[] powers = [.. Enumerable.Range(0, width).Select(_ => -600 * random.NextDouble())];
            powers[random.NextInt(width)] = -760;
            var results = new double[width];
            Links.Exp(powers, results);
            Assert.Equal(powers.Select(Math.Exp), results);
        }
    }

    [Fact]
    public void Exponentials_within_range_are_the_fast_ones()
    {
        double[] powers = [-700, -3.5, 0, 1, 700], expected = new double[5], results = new double[5];
        TensorPrimitives.Exp<double>(powers, expected);
        Links.Exp(powers, results);
        Assert.Equal(expected, results);
    }

    [Theory]
    [InlineData(Link.Tanh)]
    [InlineData(Link.Sigmoid)]
    public void A_row_of_links_is_what_each_number_gives_alone(Link link)
    {
        double[] logits = [-800, -20, -0.3, 0, 1e-9, 2, 19, 745], row = new double[8], alone = new double[1];
        link.Apply(logits, row);
        foreach (var (index, logit) in logits.Index())
        {
            link.Apply([logit], alone);
            Assert.Equal(alone[0], row[index]);
        }
    }
}
