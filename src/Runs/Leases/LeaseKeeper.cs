using System.Collections.Concurrent;

namespace W2S.Runs.Leases;

/// <summary>Beats the hearts of all leases that a worker holds, on a thread of its own, so that a long step of a training cannot stop them.</summary>
internal sealed class LeaseKeeper : IDisposable
{
    private readonly ConcurrentDictionary<HeartbeatLease, StopSignal> _held = new();
    private readonly ITimer _timer;

    public LeaseKeeper(TimeProvider time, TimeSpan beat) => _timer = time.CreateTimer(_ => Beat(), null, beat, beat);

    /// <summary>Keeps a lease until it is let go; its run is abandoned, without saving, when the lease is lost.</summary>
    public void Keep(HeartbeatLease lease, StopSignal stop) => _held[lease] = stop;

    public void LetGo(HeartbeatLease lease)
    {
        _held.TryRemove(lease, out _);
        lease.Dispose();
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        foreach (var (lease, stop) in _held)
        {
            if (!lease.TryBeat()) stop.Abandon("another worker that took the run over");
        }
    }
}
