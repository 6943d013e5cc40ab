using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>
/// Calls libtorch's operators by name ("add.Tensor" is aten::add, overload Tensor). Arguments left out at the end take
/// the defaults of the operator's schema, which keeps one text valid for several versions of libtorch.
/// </summary>
/// <exception cref="ExternalException">Thrown by all calls: the operator refused; the message names it and its arguments' shapes.</exception>
internal static unsafe class Dispatcher
{
    private static readonly ConcurrentDictionary<string, nint> Operators = new(StringComparer.Ordinal);

    /// <summary>Calls an operator that returns one tensor.</summary>
    internal static torch.Tensor Call(string name, params ReadOnlySpan<Argument> arguments) => new((nint)Invoke(name, arguments)[0]);

    /// <summary>Calls an operator that returns several tensors, or a list of them.</summary>
    internal static torch.Tensor[] CallMany(string name, params ReadOnlySpan<Argument> arguments)
    {
        var results = Invoke(name, arguments);
        var tensors = new torch.Tensor[results.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = new torch.Tensor((nint)results[i]);
        return tensors;
    }

    /// <summary>Calls an operator that returns a truth value.</summary>
    internal static bool CallBoolean(string name, params ReadOnlySpan<Argument> arguments) => Invoke(name, arguments)[0] != 0;

    /// <summary>Calls an operator that changes its first argument in place, and returns that same object as TorchSharp does.</summary>
    internal static torch.Tensor Change(string name, params ReadOnlySpan<Argument> arguments)
    {
        Native.torch_release((nint)Invoke(name, arguments)[0]);
        return arguments[0].Tensor;
    }

    // The words of the result stay valid until this thread's next call. The arguments' tensors cannot be collected
    // meanwhile: the span that holds them lives in the caller's frame.
    [SkipLocalsInit]
    private static ReadOnlySpan<long> Invoke(string name, ReadOnlySpan<Argument> arguments)
    {
        const int usual = 64;
        var length = 0;
        foreach (ref readonly var argument in arguments) length += argument.Words;
        Span<long> words = length <= usual ? stackalloc long[usual] : new long[length];
        var rest = words;
        foreach (ref readonly var argument in arguments) rest = argument.Encode(rest);

        var op = Operators.TryGetValue(name, out var known) ? known : Find(name);
        long* results;
        fixed (long* start = words)
        {
            var count = Native.torch_call(op, start, arguments.Length, &results);
            return count >= 0 ? new ReadOnlySpan<long>(results, (int)count) : throw Refused(name, arguments);
        }
    }

    private static nint Find(string name)
    {
        var dot = name.IndexOf('.');
        var (plain, overload) = dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
        var op = Native.Check(Native.torch_operator("aten::" + plain, overload), $"this libtorch has no operator aten::{name}");
        return Operators.GetOrAdd(name, op);
    }

    private static ExternalException Refused(string name, ReadOnlySpan<Argument> arguments)
    {
        var texts = new string[arguments.Length];
        for (var i = 0; i < texts.Length; i++) texts[i] = arguments[i].ToString();
        return Native.Failure($"aten::{name}({string.Join(", ", texts)}) failed");
    }
}
