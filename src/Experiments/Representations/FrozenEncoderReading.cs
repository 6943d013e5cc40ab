using W2S.Training;

namespace W2S.Experiments;

/// <summary>One pass of an encoder over molecules or texts: its progress, told by any thread, and whether it is to go on.</summary>
/// <param name="start">Examples that were done before.</param>
internal sealed class FrozenEncoderReading(string encoder, int examples, RunServices run, string unit = "molecules", int start = 0) : IDisposable
{
    private readonly IProgressItem _item = run.Progress.Begin($"features of {encoder}", unit, examples, start);
    private int _done = start;

    /// <summary>So many more are done; false: the run is asked to stop.</summary>
    public bool Goes(int more)
    {
        _item.Report(Interlocked.Add(ref _done, more));
        return !run.Stop.IsSet;
    }

    /// <exception cref="StoppedException">The run is asked to stop.</exception>
    public void ThrowIfStopped()
    {
        if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
    }

    public void Dispose() => _item.Dispose();
}
