using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Which samples each batch holds, as row numbers on a device, in the order that <see cref="EpochOrder"/> gives for every engine.
/// </summary>
/// <param name="samples">Rows of a task.</param>
/// <param name="batch">Rows of a batch; the last of an epoch has what is left.</param>
/// <param name="tasks">Tasks that an epoch goes through one after another, each with an order of its own.</param>
internal sealed class BatchRows(int samples, int batch, long seed, string stream, Device device, int tasks = 1) : IDisposable
{
    private (long Epoch, int Task) _current = (-1, -1);
    private Tensor? _order;

    /// <summary>Batches of a task.</summary>
    public int Count { get; } = (samples + batch - 1) / batch;

    /// <summary>The rows of a batch, int64, [at most batch]; of the caller's dispose scope.</summary>
    /// <param name="number">0 .. <see cref="Count"/> − 1.</param>
    public Tensor Of(long epoch, int number, int task = 0)
    {
        if (_current != (epoch, task))
        {
            _order?.Dispose();
            var order = new int[samples];
            EpochOrder.Fill(order, seed, stream, epoch, task, tasks);
            _order = tensor(Array.ConvertAll(order, row => (long)row), device: device).DetachFromDisposeScope();
            _current = (epoch, task);
        }
        var first = number * batch;
        return _order!.narrow(0, first, Math.Min(batch, samples - first));
    }

    public void Dispose() => _order?.Dispose();
}
