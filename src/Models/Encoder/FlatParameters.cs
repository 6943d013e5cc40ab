using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// The parameters of <see cref="EncoderWeights"/> on a device, all windows on one vector: an optimiser works on the vector, in
/// a few operations whatever their number.
/// </summary>
public sealed class FlatParameters
{
    private readonly IReadOnlyList<EncoderParameter> _order;
    private readonly Dictionary<string, Parameter> _byName = [];

    /// <param name="weights">Copied.</param>
    public FlatParameters(EncoderWeights weights, Device? device = null)
    {
        using var scope = NewDisposeScope();
        _order = weights.Parameters;
        Flat = tensor(weights.Values, device: device).DetachFromDisposeScope();
        foreach (var parameter in _order)
        {
            var window = nn.Parameter(Flat.narrow(0, parameter.Offset, parameter.Length).view(parameter.Shape).detach());
            window.DetachFromDisposeScope();
            _byName.Add(parameter.Name, window);
        }
    }

    /// <summary>All parameters, [floats]: changing it in place changes them. Whoever owns this object disposes of it.</summary>
    public Tensor Flat { get; }

    public Parameter this[string name] => _byName[name];

    /// <summary>
    /// Gives the parameters to <paramref name="owner"/>, in modules nested as the dots in their names say. The owner disposes
    /// of them from then on.
    /// </summary>
    public void RegisterIn(nn.Module owner)
    {
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
            modules[path].register_parameter(names[^1], _byName[parameter.Name]);
        }
    }

    /// <summary>
    /// Lets backward() add into one vector, which is returned: [floats], zero, in the order of <see cref="Flat"/>. The caller
    /// zeroes it between steps, and disposes of it.
    /// </summary>
    public Tensor GatherGradients()
    {
        using var scope = NewDisposeScope();
        var gradients = zeros_like(Flat);
        foreach (var parameter in _order)
            _byName[parameter.Name].grad = gradients.narrow(0, parameter.Offset, parameter.Length).view(parameter.Shape);
        return gradients.DetachFromDisposeScope();
    }

    /// <summary>A copy of the parameters in main memory.</summary>
    public EncoderWeights ToWeights()
    {
        using var scope = NewDisposeScope();
        var weights = new EncoderWeights(_order);
        Flat.cpu().data<float>().CopyTo(weights.Values);
        return weights;
    }

    /// <summary>A name between two dots, and nothing else.</summary>
    private sealed class Group(string name) : nn.Module(name);
}
