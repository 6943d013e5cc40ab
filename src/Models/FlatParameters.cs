using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Models;

/// <summary>
/// The trainable parameters of modules, made windows on one vector, and their gradients windows on another: an optimiser
/// works on the vectors, in a few operations whatever the number of parameters.
/// </summary>
/// <remarks>The modules keep their parameters, with the same values. Disposing this leaves them whole.</remarks>
public sealed class FlatParameters : IDisposable
{
    private readonly List<(string Name, Parameter Parameter)> _trained;

    /// <param name="modules">What is frozen (requires_grad is false) stays as it is.</param>
    /// <exception cref="ArgumentException">
    /// Nothing is trainable, two parameters have one name, or they differ in type or device.
    /// </exception>
    public FlatParameters(params IEnumerable<nn.Module> modules)
    {
        using var scope = NewDisposeScope();
        _trained = [.. modules.SelectMany(module => module.named_parameters()).Where(named => named.parameter.requires_grad)];
        if (_trained.Count == 0) throw new ArgumentException("No parameter is trainable.", nameof(modules));
        if (_trained.GroupBy(named => named.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Two parameters have the name {twice.Key}.", nameof(modules));
        var (name, first) = _trained[0];
        foreach (var (other, parameter) in _trained)
            if (parameter.dtype != first.dtype || parameter.device.ToString() != first.device.ToString())
                throw new ArgumentException(
                    $"{other} is {parameter.dtype} on {parameter.device}, but {name} {first.dtype} on {first.device}: "
                        + "they cannot be trained as one vector.", nameof(modules));

        using var silent = no_grad();
        Values = cat([.. _trained.Select(named => named.Parameter.flatten())]).DetachFromDisposeScope();
        Gradients = zeros_like(Values).DetachFromDisposeScope();
        foreach (var (_, parameter, offset) in Places())
        {
            parameter.set_(Window(Values, offset, parameter));
            parameter.grad = Window(Gradients, offset, parameter);
        }
    }

    /// <summary>All parameters, [count]: changing it in place changes them.</summary>
    public Tensor Values { get; }

    /// <summary>Where backward() adds, [count]: to be zeroed between steps.</summary>
    public Tensor Gradients { get; }

    /// <summary>[count]: 1 where the parameter's name fulfils the condition, else 0. The caller disposes of it.</summary>
    public Tensor Mask(Func<string, bool> condition) => Filled(name => condition(name) ? 1 : 0);

    /// <summary>[count]: a number for each parameter, by its name. The caller disposes of it.</summary>
    internal Tensor Filled(Func<string, double> value)
    {
        using var scope = NewDisposeScope();
        var filled = zeros_like(Values);
        foreach (var (name, parameter, offset) in Places()) filled.narrow(0, offset, parameter.numel()).fill_(Held.Of(value(name)));
        return filled.DetachFromDisposeScope();
    }

    /// <summary>
    /// Scales the gradients of models that lie side by side, each parameter's first axis, down to a norm: as PyTorch's
    /// clip_grad_norm_ would for each of them alone. No model's gradients depend on another's.
    /// </summary>
    public void ClipEach(int models, double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var silent = no_grad();
        Tensor[] gradients = [.. _trained.Select(named => named.Parameter.grad!.view(models, -1))];
        var norms = gradients.Select(gradient => gradient.Squared().sum(1)).Aggregate((sum, squares) => sum.Plus(squares)).sqrt();
        var factors = full_like(norms, Held.Of(maxNorm)).div(norms.add(Held.Of(1e-6), Held.One)).clamp(max: Held.One);
        foreach (var gradient in gradients) gradient.mul_(factors.unsqueeze(1));
    }

    public void Dispose()
    {
        foreach (var (_, parameter) in _trained) parameter.grad = null;
        Values.Dispose();
        Gradients.Dispose();
    }

    private IEnumerable<(string Name, Parameter Parameter, long Offset)> Places()
    {
        var offset = 0L;
        foreach (var (name, parameter) in _trained)
        {
            yield return (name, parameter, offset);
            offset += parameter.numel();
        }
    }

    private static Tensor Window(Tensor vector, long offset, Parameter parameter) =>
        vector.narrow(0, offset, parameter.numel()).view(parameter.shape);
}
