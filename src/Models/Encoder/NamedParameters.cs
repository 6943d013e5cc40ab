using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>The parameters of <see cref="EncoderWeights"/> on a device, in a module of the caller's under the names of Hugging Face or MolBERT.</summary>
internal sealed class NamedParameters
{
    private readonly IReadOnlyList<EncoderParameter> _order;
    private readonly Dictionary<string, Parameter> _byName = [];

    /// <param name="weights">Copied.</param>
    /// <param name="owner">Gets the parameters, in modules nested as the dots in their names say, and disposes of them.</param>
    public NamedParameters(EncoderWeights weights, nn.Module owner, Device? device)
    {
        using var scope = NewDisposeScope();
        _order = weights.Parameters;
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

    public Parameter this[string name] => _byName[name];

    public Device Device => _byName[_order[0].Name].device;

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
