using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>One head a task: [tasks, n, width] → [tasks, n, outputs].</summary>
internal sealed class TorchHeads : nn.Module<Tensor, Tensor>
{
    private readonly LinearHeads _initial;
    private readonly Parameter _weight; // [tasks, outputs, width]
    private readonly Parameter? _bias; // [tasks, outputs]
    private readonly Tensor? _read; // [outputs, 1]: 1 for outputs that read features, 0 for those that are a bias alone

    /// <param name="constantOutputs">How many outputs, the last ones, read no feature.</param>
    public TorchHeads(LinearHeads initial, int constantOutputs, Device device) : base("heads")
    {
        using var scope = NewDisposeScope();
        _initial = initial;
        _weight = nn.Parameter(tensor(initial.Weights, [initial.Tasks, initial.Outputs, initial.Width], device: device));
        if (initial.HasBias) _bias = nn.Parameter(tensor(initial.Biases, [initial.Tasks, initial.Outputs], device: device));
        RegisterComponents();
        foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();
        if (constantOutputs == 0) return;
        var reading = ones(initial.Outputs - constantOutputs, 1, device: device);
        _read = cat([reading, zeros(constantOutputs, 1, device: device)]).DetachFromDisposeScope();
    }

    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var weight = _read is null ? _weight : _weight.mul(_read);
        var linear = features.bmm(weight.transpose(1, 2));
        if (_bias is not null) linear = linear.Plus(_bias.unsqueeze(1));
        return linear.MoveToOuterDisposeScope();
    }

    /// <summary>A copy in main memory.</summary>
    public LinearHeads ToHeads()
    {
        using var scope = NewDisposeScope();
        var heads = new LinearHeads(_initial.Tasks, _initial.Width, _initial.HasBias, _initial.Outputs);
        var weight = _read is null ? _weight : _weight.mul(_read);
        weight.cpu().data<float>().CopyTo(heads.Weights);
        _bias?.cpu().data<float>().CopyTo(heads.Biases);
        return heads;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _read?.Dispose();
        base.Dispose(disposing);
    }
}
