using W2S.Data;

namespace W2S.Models;

public class LinearHeadsTests
{
    [Theory]
    [InlineData(HeadActivation.None)]
    [InlineData(HeadActivation.Tanh)]
    [InlineData(HeadActivation.Relu)]
    [InlineData(HeadActivation.Sigmoid)]
    public void A_prediction_is_the_activation_of_an_affine_function_of_the_features(HeadActivation activation)
    {
        var heads = LinearHeads.Initialise(0, "heads", tasks: 3, width: 5, hasBias: true, activation);
        var features = GaussianInputs.Draw(0, "features", tasks: 3, samples: 7, width: 5, sigma: 2);
        var predictions = heads.Predict(features);
        for (var task = 0; task < 3; task++)
        for (var sample = 0; sample < 7; sample++)
        {
            var linear = (double)heads.Biases[task];
            for (var unit = 0; unit < 5; unit++) linear += (double)heads.Weight(task)[unit] * features.Task(task)[(sample * 5) + unit];
            var expected = activation switch
            {
                HeadActivation.Tanh => Math.Tanh(linear),
                HeadActivation.Relu => Math.Max(linear, 0),
                HeadActivation.Sigmoid => 1 / (1 + Math.Exp(-linear)),
                _ => linear,
            };
            Assert.Equal(expected, predictions.Task(task)[sample], 1e-5);
        }
    }

    [Fact]
    public void Heads_without_bias_have_none()
    {
        Assert.All(LinearHeads.Initialise(0, "heads", 4, 5, hasBias: false, HeadActivation.None).Biases, bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void Fewer_tasks_are_a_prefix_of_more()
    {
        var many = LinearHeads.Initialise(0, "heads", 10, 5, hasBias: true, HeadActivation.None);
        var few = LinearHeads.Initialise(0, "heads", 4, 5, hasBias: true, HeadActivation.None);
        Assert.Equal(many.Weights[..20], few.Weights);
        Assert.Equal(many.Biases[..4], few.Biases);
    }

    [Fact]
    public void Features_of_another_width_are_refused_with_both_shapes()
    {
        var heads = new LinearHeads(2, 5, true, HeadActivation.None);
        var error = Assert.Throws<ArgumentException>(() => heads.Predict(new TaskSamples(2, 3, 4)));
        Assert.Contains("Heads [2, 5] cannot read features [2, 3, 4]", error.Message);
    }

    [Fact]
    public void Tensors_carry_the_heads_there_and_back()
    {
        var heads = LinearHeads.Initialise(0, "heads", 3, 5, hasBias: true, HeadActivation.None);
        var copy = new LinearHeads(3, 5, true, HeadActivation.None);
        copy.CopyFrom(heads.ToTensors().ToDictionary(tensor => tensor.Name));
        Assert.Equal(heads.Weights, copy.Weights);
        Assert.Equal(heads.Biases, copy.Biases);
    }
}
