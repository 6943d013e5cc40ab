using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// The parameters of <see cref="EncoderWeights"/> on a device, in a module of the caller's under the names of Hugging Face or MolBERT,
/// and the maps that they are the weights of.
/// </summary>
internal sealed class NamedParameters
{
    private readonly IReadOnlyList<EncoderParameter> _order;
    private readonly double _epsilon;
    private readonly Dictionary<string, Parameter> _byName = [];

    /// <param name="weights">Copied.</param>
    /// <param name="epsilon">Added to the variance in every LayerNorm.</param>
    /// <param name="owner">Gets the parameters, in modules nested as the dots in their names say, and disposes of them.</param>
    public NamedParameters(EncoderWeights weights, double epsilon, nn.Module owner, Device? device, EncoderPrecision precision)
    {
        using var scope = NewDisposeScope();
        (_order, _epsilon, Precision) = (weights.Parameters, epsilon, precision);
        var modules = new Dictionary<string, nn.Module> { [""] = owner };
        foreach (var parameter in _order)
        {
            var path = "";
            var names = parameter.Name.Split('.');
            foreach (var name in names[..^1])
            {
                var (outer, inner) = (modules[path], path.Length == 0 ? name : $"{path}.{name}");
                if (!modules.ContainsKey(inner)) outer.register_module(name, modules[inner] = new Group(name));
                path = inner;
            }
            var copy = nn.Parameter(tensor(weights[parameter.Name].ToArray(), parameter.Shape, device: device));
            modules[path].register_parameter(names[^1], _byName[parameter.Name] = copy);
            copy.DetachFromDisposeScope();
        }
    }

    /// <summary>Of matrix products: single in, single out.</summary>
    public EncoderPrecision Precision { get; }

    public Parameter this[string name] => _byName[name];

    public Device Device => _byName[_order[0].Name].device;

    /// <summary>[rows, in] → [rows, out], by the matrix and the bias of that name.</summary>
    public Tensor Linear(string name, Tensor input)
    {
        var (weight, bias) = (this[$"{name}.weight"], this[$"{name}.bias"]);
        return Precision == EncoderPrecision.Single
            ? nn.functional.linear(input, weight, bias)
            : nn.functional.linear(input.to(bfloat16), weight.to(bfloat16), bias.to(bfloat16)).to(float32);
    }

    /// <summary>[batch, n, k] × [batch, k, m] → [batch, n, m].</summary>
    public Tensor Product(Tensor left, Tensor right) => Precision == EncoderPrecision.Single
        ? left.bmm(right)
        : left.to(bfloat16).bmm(right.to(bfloat16)).to(float32);

    /// <summary>The LayerNorm of that name over the last axis.</summary>
    public Tensor Norm(string name, Tensor input) =>
        nn.functional.layer_norm(input, [input.shape[^1]], this[$"{name}.weight"], this[$"{name}.bias"], _epsilon);

    /// <summary>tanh of a linear map of each sequence's first vector, that of [CLS]: [batch, length, hidden] → [batch, hidden].</summary>
    public Tensor Pooled(Tensor vectors) => Linear("pooler.dense", vectors.select(1, 0)).tanh();

    /// <summary>A copy in main memory.</summary>
    public EncoderWeights ToWeights()
    {
        using var scope = NewDisposeScope();
        var weights = new EncoderWeights(_order);
        foreach (var parameter in _order) _byName[parameter.Name].cpu().data<float>().CopyTo(weights[parameter.Name]);
        return weights;
    }

    /// <summary>A name between two dots, and nothing else.</summary>
    private sealed class Group(string name) : nn.Module(name);
}
