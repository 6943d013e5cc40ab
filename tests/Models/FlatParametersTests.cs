using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

public class FlatParametersTests
{
    private static nn.Module<Tensor, Tensor> Network() => nn.Sequential(nn.Linear(8, 5), nn.ReLU(), nn.Linear(5, 3));

    [Fact]
    public void Parameters_keep_their_values_and_become_windows_on_one_vector_in_their_order()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        var input = randn([4, 8]);
        var before = network.call(input);
        using var flat = new FlatParameters(network);

        Assert.Equal(
            cat([.. network.parameters().Select(parameter => parameter.flatten())]).data<float>().ToArray(),
            flat.Values.data<float>().ToArray());
        Assert.Equal(before.data<float>().ToArray(), network.call(input).data<float>().ToArray());
        using (no_grad()) flat.Values.zero_();
        Assert.All(network.parameters(), parameter => Assert.Equal(0, parameter.detach().abs().sum().ToSingle()));
    }

    [Fact]
    public void Backward_adds_into_one_vector_what_autograd_finds()
    {
        using var scope = NewDisposeScope();
        using var flattened = Network();
        using var plain = Network();
        plain.load_state_dict(flattened.state_dict());
        using var flat = new FlatParameters(flattened);
        var input = randn([4, 8]);

        for (var times = 1; times <= 2; times++)
        {
            flattened.call(input).Squared().mean().backward();
            plain.call(input).Squared().mean().backward();
            Assert.Equal(
                cat([.. plain.parameters().Select(parameter => parameter.grad!.flatten())]).data<float>().ToArray(),
                flat.Gradients.data<float>().ToArray());
        }
        Assert.True(flat.Gradients.abs().sum().ToSingle() > 0);
    }

    [Fact]
    public void A_mask_picks_parameters_by_name_and_what_is_frozen_is_left_out()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(("first", nn.Linear(8, 5)), ("second", nn.Linear(5, 3)));
        foreach (var (name, parameter) in network.named_parameters())
            if (name == "first.weight") parameter.requires_grad_(false);
        using var flat = new FlatParameters(network);

        using var mask = flat.Mask(name => name.EndsWith("weight", StringComparison.Ordinal));
        Assert.Equal(5 + 15 + 3, flat.Values.shape[0]);
        Assert.Equal(
            [.. Enumerable.Repeat(0f, 5), .. Enumerable.Repeat(1f, 15), .. Enumerable.Repeat(0f, 3)], mask.data<float>().ToArray());
    }

    [Fact]
    public void What_cannot_be_one_vector_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("trainable", Assert.Throws<ArgumentException>(() => new FlatParameters(nn.ReLU())).Message);
        Assert.Contains(
            "bias",
            Assert.Throws<ArgumentException>(() => new FlatParameters(nn.Linear(2, 2), nn.Linear(2, 2))).Message.Replace("weight", "bias"));
        using var mixed = nn.Sequential(("single", nn.Linear(2, 2)), ("double", nn.Linear(2, 2, dtype: float64)));
        Assert.Contains("double.weight is Float64", Assert.Throws<ArgumentException>(() => new FlatParameters(mixed)).Message);
    }

    [Fact]
    public void Disposing_leaves_the_modules_whole()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        var input = randn([4, 8]);
        var before = network.call(input).data<float>().ToArray();
        new FlatParameters(network).Dispose();
        Assert.Equal(before, network.call(input).data<float>().ToArray());
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }
}
