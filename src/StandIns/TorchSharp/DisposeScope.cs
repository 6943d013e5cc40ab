namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// Opens a scope on this thread: tensors made in it die with it, unless they are moved to the outer scope or detached.
    /// </summary>
    public static DisposeScope NewDisposeScope() => new();
}

/// <summary>
/// Owns the tensors that its thread makes while it is the innermost scope. The tensors are linked through themselves, so
/// that a scope costs nothing a tensor.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? s_innermost;

    private torch.Tensor? _first;
    private bool _closed;

    internal DisposeScope() => (Outer, s_innermost) = (s_innermost, this);

    /// <summary>Number of living tensors in this scope.</summary>
    public int DisposablesCount { get; private set; }

    internal static DisposeScope? Innermost => s_innermost;

    internal DisposeScope? Outer { get; private set; }

    public bool Contains(IDisposable disposable) => disposable is torch.Tensor tensor && tensor.Scope == this;

    /// <summary>Takes a tensor out of this scope and gives it to the next outer one; with none it is on its own.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(Outer, disposable);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        if (disposable is not torch.Tensor tensor) return disposable;
        tensor.Scope?.Exclude(tensor);
        scope?.Include(tensor);
        return disposable;
    }

    /// <summary>Takes a tensor out of its scope: from now on it lives until it is disposed by hand.</summary>
    public T Detach<T>(T disposable) where T : IDisposable => MoveToOther(null, disposable);

    /// <summary>Disposes of what is in the scope, and leaves it open.</summary>
    public void DisposeEverything()
    {
        while (_first is { } tensor) tensor.Dispose();
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        DisposeEverything();
        if (s_innermost == this) s_innermost = Outer;
        else
            for (var inner = s_innermost; inner != null; inner = inner.Outer)
                if (inner.Outer == this) inner.Outer = Outer;
    }

    internal void Include(torch.Tensor tensor)
    {
        (tensor.Scope, tensor.Next, tensor.Previous) = (this, _first, null);
        if (_first != null) _first.Previous = tensor;
        _first = tensor;
        DisposablesCount++;
    }

    internal void Exclude(torch.Tensor tensor)
    {
        if (tensor.Previous != null) tensor.Previous.Next = tensor.Next;
        else _first = tensor.Next;
        if (tensor.Next != null) tensor.Next.Previous = tensor.Previous;
        (tensor.Scope, tensor.Next, tensor.Previous) = (null, null, null);
        DisposablesCount--;
    }
}
