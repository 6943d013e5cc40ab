using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// A ReLU MLP as a TorchSharp module, [n, inputs] → [n, outputs], its parameters named as in PyTorch: `layers.K.weight`
/// [out, in] and `layers.K.bias` [out].
/// </summary>
/// <remarks>
/// All parameters are windows on one vector, <see cref="Flat"/>, in the order of <see cref="MlpWeights"/>: an optimiser
/// works on the vector, in a few operations whatever the number of layers.
/// </remarks>
public sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly MlpShape _shape;
    private readonly Linear[] _layers;

    /// <param name="weights">Copied.</param>
    public Mlp(MlpWeights weights, Device? device = null) : base(nameof(Mlp))
    {
        using var scope = NewDisposeScope();
        _shape = weights.Shape;
        Flat = tensor(weights.Values, device: device).DetachFromDisposeScope();
        var offset = 0L;
        _layers = [.. Enumerable.Range(0, _shape.Depth).Select(layer =>
        {
            long inputs = _shape.FanIn(layer), outputs = _shape.FanOut(layer);
            return nn.Linear(Window(outputs, inputs), Window(outputs));
        })];
        // It only gives the names: the ReLUs between the layers must not be counted.
        register_module("layers", nn.Sequential([.. _layers]));

        Parameter Window(params long[] shape)
        {
            var length = shape.Aggregate(1L, (product, size) => product * size);
            var window = nn.Parameter(Flat.narrow(0, offset, length).view(shape).detach());
            offset += length;
            window.DetachFromDisposeScope();
            return window;
        }
    }

    /// <summary>All parameters, [ParameterCount]: changing it in place changes them.</summary>
    public Tensor Flat { get; }

    public override Tensor forward(Tensor input)
    {
        var activations = input;
        foreach (var layer in _layers) activations = layer.forward(activations).relu();
        return activations;
    }

    /// <summary>
    /// Lets backward() add into one vector, which is returned: [ParameterCount], zero, in the order of
    /// <see cref="Flat"/>. The caller zeroes it between steps, and disposes of it.
    /// </summary>
    public Tensor GatherGradients()
    {
        using var scope = NewDisposeScope();
        var gradients = zeros_like(Flat);
        var offset = 0L;
        foreach (var parameter in parameters())
        {
            parameter.grad = gradients.narrow(0, offset, parameter.numel()).view(parameter.shape);
            offset += parameter.numel();
        }
        return gradients.DetachFromDisposeScope();
    }

    /// <summary>A copy of the parameters in main memory.</summary>
    public MlpWeights ToWeights()
    {
        using var scope = NewDisposeScope();
        return new MlpWeights(_shape, Flat.cpu().data<float>().ToArray());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Flat.Dispose();
        base.Dispose(disposing);
    }
}
