using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace W2S.StandIns.Tests;

public class ModuleTests
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential layers = Sequential(Linear(4, 8), ReLU(), Dropout(0.5));
        private readonly Parameter scale = Parameter(ones(1));

        public Network() : base("network") => RegisterComponents();

        public override Tensor forward(Tensor input) => layers.call(input) * scale;
    }

    [Fact]
    public void Parameters_are_named_by_the_path_to_them()
    {
        using var network = new Network();
        Assert.Equal(["scale", "layers.0.weight", "layers.0.bias"], network.named_parameters().Select(named => named.name));
        Assert.Equal(["layers.0.bias", "layers.0.weight", "scale"], network.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal([8, 4], network.get_parameter("layers.0.weight")!.shape);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        using var scope = NewDisposeScope();
        using var dropout = Dropout(0.5);
        var input = ones(1000);
        Assert.InRange(dropout.call(input).eq(0).sum().ToInt64(), 400, 600);
        dropout.eval();
        Assert.True(dropout.call(input).allclose(input));
    }

    [Fact]
    public void A_backward_fills_the_gradient_of_every_parameter_and_zero_grad_empties_them()
    {
        using var scope = NewDisposeScope();
        using var network = new Network();
        network.call(randn([5, 4])).sum().backward();
        Assert.All(network.parameters(), parameter => Assert.Equal(parameter.shape, parameter.grad!.shape));
        network.zero_grad();
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void The_default_initialisation_of_Linear_is_uniform_in_one_over_the_root_of_its_inputs()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        using var linear = Linear(100, 200);
        Assert.InRange(linear.weight.abs().max().ToSingle(), 0.0999, 0.1);
        Assert.InRange(linear.weight.std([0, 1]).ToSingle(), 0.0565, 0.059);
        Assert.InRange(linear.bias!.abs().max().ToSingle(), 0.09, 0.1);
    }

    [Fact]
    public void Embedding_and_layer_norm_compute_what_their_names_say()
    {
        using var scope = NewDisposeScope();
        using var table = Embedding(5, 3, padding_idx: 0);
        using var norm = LayerNorm(3);
        var rows = table.call(tensor([2L, 0L, 2L]));
        Assert.Equal([0, 0, 0], rows[1].data<float>().ToArray());
        Assert.True(rows[0].allclose(table.weight![2]));
        Assert.True(norm.call(rows).mean([1]).abs().max().ToSingle() < 1e-6);
        init.constant_(norm.weight, 2);
        Assert.Equal(2, norm.weight[1].ToSingle());
    }

    [Fact]
    public void A_parameter_takes_its_tensor_over_and_is_a_leaf()
    {
        using var scope = NewDisposeScope();
        var source = ones(2);
        var parameter = new Parameter(source);
        Assert.True(parameter.is_leaf && parameter.requires_grad);
        Assert.Throws<InvalidOperationException>(() => source.shape);
        Assert.Same(parameter, Linear(new Parameter(ones(1, 2)), parameter).bias);
    }
}
