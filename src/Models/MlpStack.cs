using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// Several MLPs of one shape as one program, [members, n, inputs] → [members, n, outputs]: each layer is one batched matrix
/// product, so that a device is given as few operations as for a single network.
/// </summary>
public sealed class MlpStack : nn.Module<Tensor, Tensor>
{
    private readonly MlpShape _shape;
    private readonly int _members;
    private readonly (Parameter Weight, Parameter Bias)[] _layers;

    /// <param name="members">At least one, all of one shape; copied.</param>
    public MlpStack(IReadOnlyList<MlpWeights> members, Device? device = null) : base(nameof(MlpStack))
    {
        using var scope = NewDisposeScope();
        (_shape, _members) = (members[0].Shape, members.Count);
        if (members.Any(member => member.Shape != _shape)) throw new ArgumentException($"All members must have the shape {_shape}.", nameof(members));
        Flat = tensor(Interleave([.. members.Select(member => member.Values)]), device: device).DetachFromDisposeScope();
        var offset = 0L;
        _layers = [.. Enumerable.Range(0, _shape.Depth).Select(layer => (Window(_shape.FanOut(layer), _shape.FanIn(layer)), Window(1, _shape.FanOut(layer))))];

        Parameter Window(long rows, long columns)
        {
            var length = _members * rows * columns;
            var window = nn.Parameter(Flat.narrow(0, offset, length).view(_members, rows, columns).detach());
            offset += length;
            window.DetachFromDisposeScope();
            return window;
        }
    }

    /// <summary>
    /// All parameters, [members · ParameterCount]: layer by layer the members' weights [members, out, in], then their biases
    /// [members, 1, out]. Changing it in place changes them.
    /// </summary>
    public Tensor Flat { get; }

    public override Tensor forward(Tensor input)
    {
        var activations = input;
        foreach (var (weight, bias) in _layers) activations = (activations.bmm(weight.transpose(1, 2)) + bias).relu();
        return activations;
    }

    /// <summary>As <see cref="Mlp.GatherGradients"/>, in the order of <see cref="Flat"/>.</summary>
    public Tensor GatherGradients()
    {
        using var scope = NewDisposeScope();
        var gradients = zeros_like(Flat);
        var offset = 0L;
        foreach (var parameter in _layers.SelectMany(layer => new[] { layer.Weight, layer.Bias }))
        {
            parameter.grad = gradients.narrow(0, offset, parameter.numel()).view(parameter.shape);
            offset += parameter.numel();
        }
        return gradients.DetachFromDisposeScope();
    }

    /// <summary>Splits values in the order of <see cref="Flat"/> into one array a member, in the order of <see cref="MlpWeights"/>.</summary>
    public float[][] Split(ReadOnlySpan<float> flat)
    {
        var members = Enumerable.Range(0, _members).Select(_ => new float[_shape.ParameterCount]).ToArray();
        foreach (var (member, start, length, place) in Places())
            flat.Slice(place, length).CopyTo(members[member].AsSpan(start, length));
        return members;
    }

    /// <summary>The inverse of <see cref="Split"/>.</summary>
    public float[] Interleave(IReadOnlyList<float[]> members)
    {
        var flat = new float[_members * _shape.ParameterCount];
        foreach (var (member, start, length, place) in Places())
            members[member].AsSpan(start, length).CopyTo(flat.AsSpan(place, length));
        return flat;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (weight, bias) in _layers)
            {
                weight.Dispose();
                bias.Dispose();
            }
            Flat.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Every member's weight and bias of every layer: where it starts in its own array, how long it is, where it stands in the flat one.</summary>
    private IEnumerable<(int Member, int Start, int Length, int Place)> Places()
    {
        var start = 0;
        for (var layer = 0; layer < _shape.Depth; layer++)
        {
            foreach (var length in (int[])[_shape.FanIn(layer) * _shape.FanOut(layer), _shape.FanOut(layer)])
            {
                for (var member = 0; member < _members; member++) yield return (member, start, length, start * _members + member * length);
                start += length;
            }
        }
    }
}
