using TorchSharp;
using W2S.Data;
using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

public class MlpTests
{
    private static readonly MlpShape Shape = new(8, 5, 16, 3);
    private static readonly MlpWeights Weights = MlpWeights.Initialise(Shape, new RandomStream(1, "mlp"));

    [Fact]
    public void Parameters_have_the_names_shapes_and_values_of_the_weights()
    {
        using var mlp = new Mlp(Weights);
        foreach (var (stored, (name, parameter)) in Weights.ToTensors().Zip(mlp.named_parameters()))
        {
            Assert.Equal(stored.Name, name);
            Assert.Equal(stored.Shape, parameter.shape);
            Assert.Equal(stored.As<float>().ToArray(), parameter.detach().data<float>().ToArray());
            Assert.True(parameter.requires_grad && parameter.is_leaf);
        }
        Assert.Equal(2 * Shape.Depth, mlp.parameters().Count());
        Assert.Equal(Weights.Values, mlp.ToWeights().Values);
    }

    [Fact]
    public void It_computes_blocks_of_linear_and_relu()
    {
        using var scope = NewDisposeScope();
        using var mlp = new Mlp(Weights);
        var input = randn([4, 8]);
        var expected = input;
        for (var layer = 0; layer < Shape.Depth; layer++)
        {
            var weight = tensor(Weights.Weight(layer).ToArray(), [Shape.FanOut(layer), Shape.FanIn(layer)]);
            expected = expected.mm(weight.t()).Plus(tensor(Weights.Bias(layer).ToArray())).relu();
        }
        Assert.True(mlp.forward(input).detach().allclose(expected));
        Assert.Equal([4, 16], mlp.call(input).shape);
    }

    [Fact]
    public void Disposing_of_it_frees_everything()
    {
        using var scope = NewDisposeScope();
        var mlp = new Mlp(Weights);
        var parameter = mlp.parameters().First();
        mlp.Dispose();
        Assert.Throws<InvalidOperationException>(() => parameter.shape);
        Assert.Equal(0, scope.DisposablesCount);
    }
}
