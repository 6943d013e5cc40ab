using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// A ReLU MLP as a TorchSharp module, [n, inputs] → [n, outputs], its parameters named as in PyTorch: `layers.K.weight`
/// [out, in] and `layers.K.bias` [out].
/// </summary>
public sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly MlpShape _shape;
    private readonly Linear[] _layers;

    /// <param name="weights">Copied.</param>
    public Mlp(MlpWeights weights, Device? device = null) : base(nameof(Mlp))
    {
        using var scope = NewDisposeScope();
        _shape = weights.Shape;
        _layers = [.. Enumerable.Range(0, _shape.Depth).Select(layer =>
        {
            var weight = nn.Parameter(tensor(weights.Weight(layer).ToArray(), [_shape.FanOut(layer), _shape.FanIn(layer)], device: device));
            var bias = nn.Parameter(tensor(weights.Bias(layer).ToArray(), device: device));
            foreach (var parameter in new[] { weight, bias }) parameter.DetachFromDisposeScope();
            return nn.Linear(weight, bias);
        })];
        // It only gives the names: the ReLUs between the layers must not be counted.
        register_module("layers", nn.Sequential([.. _layers]));
    }

    public override Tensor forward(Tensor input)
    {
        var activations = input;
        foreach (var layer in _layers) activations = layer.forward(activations).relu();
        return activations;
    }

    /// <summary>A copy of the parameters in main memory.</summary>
    public MlpWeights ToWeights()
    {
        using var scope = NewDisposeScope();
        var weights = new MlpWeights(_shape, new float[_shape.ParameterCount]);
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].weight!.cpu().data<float>().CopyTo(weights.Weight(layer));
            _layers[layer].bias!.cpu().data<float>().CopyTo(weights.Bias(layer));
        }
        return weights;
    }
}
