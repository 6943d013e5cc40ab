using W2S.Data;

namespace W2S.Models;

public class MlpWeightsTests
{
    private static readonly MlpShape Shape = new(Inputs: 8, Hidden: 32, Outputs: 16, Depth: 3);

    [Fact]
    public void A_shape_counts_its_blocks_and_not_the_head()
    {
        Assert.Equal("8-32-32-16", Shape.ToString());
        Assert.Equal((9 * 32) + (33 * 32) + (33 * 16), Shape.ParameterCount);
        Assert.Equal("8-16", new MlpShape(8, 99, 16, 1).ToString());
        Assert.Equal(9 * 16, new MlpShape(8, 99, 16, 1).ParameterCount);
    }

    [Fact]
    public void Initial_weights_and_biases_are_uniform_within_one_over_the_root_of_fan_in()
    {
        var wide = new MlpShape(Inputs: 100, Hidden: 400, Outputs: 25, Depth: 2);
        var weights = MlpWeights.Initialise(wide, new RandomStream(0, "test"));
        for (var layer = 0; layer < wide.Depth; layer++)
        {
            var bound = 1 / Math.Sqrt(wide.FanIn(layer));
            foreach (var values in new[] { weights.Weight(layer).ToArray(), weights.Bias(layer).ToArray() })
            {
                Assert.All(values, value => Assert.InRange(value, -bound, bound));
                Assert.InRange(values.Max(Math.Abs), 0.8 * bound, bound);
            }
            // A uniform variable on ±b has the variance b²/3.
            Assert.Equal(bound * bound / 3, weights.Weight(layer).ToArray().Average(value => (double)value * value), bound * bound * 0.03);
        }
    }

    [Fact]
    public void Perturbation_adds_noise_of_the_given_size_to_weight_matrices_alone()
    {
        var weights = MlpWeights.Initialise(new MlpShape(64, 64, 64, 4), new RandomStream(0, "test"));
        var noisy = weights.Perturbed(0.05, new RandomStream(1, "noise"), biases: false);
        for (var layer = 0; layer < 4; layer++)
        {
            var squares = weights.Weight(layer).ToArray()
                .Zip(noisy.Weight(layer).ToArray(), (before, after) => (double)(after - before) * (after - before));
            Assert.Equal(0.05, Math.Sqrt(squares.Average()), 0.003);
            Assert.Equal(weights.Bias(layer), noisy.Bias(layer));
        }
    }

    [Fact]
    public void Perturbation_reaches_biases_when_asked()
    {
        var weights = MlpWeights.Initialise(Shape, new RandomStream(0, "test"));
        var noisy = weights.Perturbed(0.05, new RandomStream(1, "noise"), biases: true);
        Assert.All(Enumerable.Range(0, 3), layer => Assert.NotEqual(weights.Bias(layer).ToArray(), noisy.Bias(layer).ToArray()));
    }

    [Fact]
    public void Tensors_carry_the_weights_there_and_back()
    {
        var weights = MlpWeights.Initialise(Shape, new RandomStream(0, "test"));
        var tensors = weights.ToTensors().ToDictionary(tensor => tensor.Name);
        Assert.Equal([32, 8], tensors["layers.0.weight"].Shape);
        Assert.Equal(weights.Values, MlpWeights.FromTensors(Shape, tensors).Values);
    }

    [Fact]
    public void Tensors_of_another_architecture_are_refused_by_name()
    {
        var tensors = MlpWeights.Initialise(Shape, new RandomStream(0, "test")).ToTensors().ToDictionary(tensor => tensor.Name);
        var wider = Assert.Throws<InvalidDataException>(() => MlpWeights.FromTensors(Shape with { Hidden = 16 }, tensors));
        Assert.Contains("layers.0.weight is F32 [32, 8] where F32 [16, 8] is needed", wider.Message);
        var deeper = Assert.Throws<InvalidDataException>(() => MlpWeights.FromTensors(new MlpShape(8, 32, 32, 5), tensors));
        Assert.Contains("layers.2.weight", deeper.Message);
    }
}
