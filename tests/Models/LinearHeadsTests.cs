using W2S.Data;

namespace W2S.Models;

public class LinearHeadsTests
{
    [Fact]
    public void A_prediction_is_an_affine_function_of_the_features()
    {
        var heads = LinearHeads.Initialise(0, "heads", tasks: 3, width: 5, hasBias: true);
        var features = TaskSamples.Gaussian(0, "features", tasks: 3, samples: 7, width: 5, sigma: 2);
        var predictions = heads.Predict(features);
        for (var task = 0; task < 3; task++)
        for (var sample = 0; sample < 7; sample++)
        {
            var linear = (double)heads.Biases[task];
            for (var unit = 0; unit < 5; unit++) linear += (double)heads.Weight(task)[unit] * features.Task(task)[(sample * 5) + unit];
            Assert.Equal(linear, predictions.Task(task)[sample], 1e-5);
        }
    }

    [Fact]
    public void Heads_without_bias_have_none()
    {
        Assert.All(LinearHeads.Initialise(0, "heads", 4, 5, hasBias: false).Biases, bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void Fewer_tasks_are_a_prefix_of_more()
    {
        var many = LinearHeads.Initialise(0, "heads", 10, 5, hasBias: true);
        var few = LinearHeads.Initialise(0, "heads", 4, 5, hasBias: true);
        Assert.Equal(many.Weights[..20], few.Weights);
        Assert.Equal(many.Biases[..4], few.Biases);
    }

    [Fact]
    public void Features_of_another_width_are_refused_with_both_shapes()
    {
        var heads = new LinearHeads(2, 5, true);
        var error = Assert.Throws<ArgumentException>(() => heads.Predict(new TaskSamples(2, 3, 4)));
        Assert.Contains("Heads [2, 5] cannot read features [2, 3, 4]", error.Message);
    }

    [Fact]
    public void Tensors_carry_the_heads_there_and_back()
    {
        var heads = LinearHeads.Initialise(0, "heads", 3, 5, hasBias: true);
        var copy = new LinearHeads(3, 5, true);
        copy.CopyFrom(heads.ToTensors().ToDictionary(tensor => tensor.Name));
        Assert.Equal(heads.Weights, copy.Weights);
        Assert.Equal(heads.Biases, copy.Biases);
    }

    [Fact]
    public void Heads_of_several_outputs_predict_each_of_them_as_a_scalar_head_would()
    {
        var heads = LinearHeads.Initialise(3, "heads", tasks: 2, width: 5, hasBias: true, outputs: 4);
        var features = TaskSamples.Gaussian(3, "features", tasks: 2, samples: 6, width: 5, sigma: 2);
        var predictions = heads.Predict(features);
        Assert.Equal((2, 6, 4), (predictions.Tasks, predictions.Samples, predictions.Width));
        for (var output = 0; output < 4; output++)
        {
            var scalar = new LinearHeads(2, 5, true);
            for (var task = 0; task < 2; task++)
            {
                heads.Weight(task).Slice(output * 5, 5).CopyTo(scalar.Weight(task));
                scalar.Biases[task] = heads.Bias(task)[output];
            }
            Assert.Equal(scalar.Predict(features).Values, predictions.Values.Where((_, at) => at % 4 == output));
        }
    }

    [Fact]
    public void Several_outputs_are_drawn_from_a_tasks_stream_as_one_is_and_within_the_same_bound()
    {
        var scalar = LinearHeads.Initialise(5, "heads", 3, 16, hasBias: false);
        var several = LinearHeads.Initialise(5, "heads", 3, 16, hasBias: true, outputs: 7);
        for (var task = 0; task < 3; task++) Assert.Equal(scalar.Weight(task).ToArray(), several.Weight(task)[..16].ToArray());
        Assert.All(several.Weights.Concat(several.Biases), value => Assert.InRange(MathF.Abs(value), 1e-9f, 0.25f));
    }

    [Fact]
    public void Tensors_have_a_dimension_for_the_outputs_only_where_there_are_several()
    {
        var scalar = LinearHeads.Initialise(0, "heads", 3, 5, hasBias: true);
        var several = LinearHeads.Initialise(0, "heads", 3, 5, hasBias: true, outputs: 2);
        Assert.Equal(["[3, 5]", "[3]"], scalar.ToTensors().Select(tensor => tensor.ShapeText));
        Assert.Equal(["[3, 2, 5]", "[3, 2]"], several.ToTensors().Select(tensor => tensor.ShapeText));

        var copy = new LinearHeads(3, 5, true, outputs: 2);
        copy.CopyFrom(several.ToTensors().ToDictionary(tensor => tensor.Name));
        Assert.Equal(several.Weights, copy.Weights);
        Assert.Equal(several.Biases, copy.Biases);
        Assert.Throws<InvalidDataException>(() => copy.CopyFrom(scalar.ToTensors().ToDictionary(tensor => tensor.Name)));
    }
}
