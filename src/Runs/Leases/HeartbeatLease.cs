using System.Collections.Concurrent;

namespace W2S.Runs.Leases;

/// <summary>
/// The right to run one run of a sweep, kept by one worker at a time on any machine that shares the folder. It relies on
/// nothing but what every shared file system has (NFS included): hard links made or refused as one step, renames, and the
/// time of the last write as the server puts it. No advisory locks.
/// </summary>
/// <remarks>
/// <para>Taking: the claim is written to a file of its own, then linked to the name `lease`, which fails where that exists.</para>
/// <para>Holding: the holder writes a beat into its own file every few seconds, by the handle it has had from the start, so
/// that it can never touch the file of a successor.</para>
/// <para>Taking over: a lease whose last beat is older than <see cref="StaleAfter"/>, by the server's clock, is dead; one
/// whose process is gone from this very machine is dead at once. The dead file is renamed away, and read again after that:
/// if it is not the dead one but that of a quicker successor, it is put back.</para>
/// <para>Losing: a holder that was stopped for so long that it was taken over sees another claim under the name, or none,
/// and may write nothing more (<see cref="IsHeld"/>).</para>
/// </remarks>
internal sealed partial class HeartbeatLease : IDisposable
{
    public const string FileName = "lease";

    /// <summary>How often a holder writes a beat.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>Without a beat for so long, a lease is dead: long enough for a file server that hangs for a minute.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(90);

    private readonly string _path;
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private long _lastBeat;
    private bool _ended;

    private HeartbeatLease(string path, Claim claim, FileStream file, bool tookOver, TimeProvider time)
    {
        (_path, Own, _file, TookOver, _time) = (path, claim, file, tookOver, time);
        _lastBeat = time.GetTimestamp();
    }

    public Claim Own { get; }

    /// <summary>Whether an earlier holder died with it.</summary>
    public bool TookOver { get; }

    /// <summary>Takes the lease of a run's folder, which must exist; null where somebody else holds it.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static HeartbeatLease? TryAcquire(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, FileName);
        // Without this look, every worker that passes by would write a file for nothing.
        if (StateOf(folder) == State.Held) return null;

        var claim = Claim.Mine(time.GetUtcNow());
        var own = $"{path}.{claim.Nonce}";
        var file = new FileStream(own, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        HeartbeatLease? lease = null;
        try
        {
            file.Write(claim.ToBytes());
            if (PosixFile.TryLink(own, path)) return lease = new HeartbeatLease(path, claim, file, tookOver: false, time);
            if (!TryBury(path, own, claim.Nonce)) return null;
            return lease = PosixFile.TryLink(own, path) ? new HeartbeatLease(path, claim, file, tookOver: true, time) : null;
        }
        finally
        {
            File.Delete(own);
            if (lease == null) file.Dispose();
        }
    }

    /// <summary>Whether somebody alive holds the lease of a run's folder, as far as can be seen from here.</summary>
    public static State StateOf(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return State.None;
        return IsAlive(Claim.Read(path)) && !MayBeStale(path) ? State.Held : State.Dead;
    }

    /// <summary>Tells the others that the holder lives. Safe from any thread; does nothing once the lease has ended.</summary>
    /// <returns>False where the lease is lost.</returns>
    public bool TryBeat()
    {
        lock (_gate)
        {
            if (_ended) return true;
            try
            {
                _file.Position = 0;
                _file.Write(Own.ToBytes());
                if (Claim.Read(_path)?.Nonce != Own.Nonce) return false;
                _lastBeat = _time.GetTimestamp();
                return true;
            }
            catch (IOException)
            {
                // The file server may hang for a moment; whether the lease outlives that, IsHeld says.
                return _time.GetElapsedTime(_lastBeat) < StaleAfter;
            }
        }
    }

    /// <summary>Whether the lease is still held at this moment; asked before results are written.</summary>
    public bool IsHeld() => (_time.GetElapsedTime(_lastBeat) < StaleAfter / 2 || TryBeat()) && Claim.Read(_path)?.Nonce == Own.Nonce;

    /// <summary>Gives it back, if it is still held.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            if (Claim.Read(_path)?.Nonce == Own.Nonce) File.Delete(_path);
            _file.Dispose();
        }
    }

    /// <summary>Of a claim that cannot be read (a power cut can leave an empty file) nothing is known but its beats.</summary>
    private static bool IsAlive(Claim? claim) => claim == null || claim.HolderIsAlive();

    /// <summary>Whether the last beat is old by this machine's clock; a first look that the server's clock must confirm.</summary>
    private static bool MayBeStale(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        return (TimeProvider.System.GetUtcNow().UtcDateTime - written).Duration() > StaleAfter;
    }

    /// <summary>Moves a dead lease out of the way; false where it is not dead, or somebody was quicker.</summary>
    /// <param name="own">A file just written in the same folder: its time is the server's now.</param>
    private static bool TryBury(string path, string own, string nonce)
    {
        var holder = Claim.Read(path);
        if (IsAlive(holder) && File.GetLastWriteTimeUtc(own) - File.GetLastWriteTimeUtc(path) <= StaleAfter) return false;
        var grave = $"{path}.dead.{nonce}";
        try
        {
            File.Move(path, grave);
        }
        catch (IOException)
        {
            return false;
        }
        var buried = Claim.Read(grave);
        var wasAlive = buried?.Nonce != holder?.Nonce;
        if (wasAlive) PosixFile.TryLink(grave, path);
        File.Delete(grave);
        return !wasAlive;
    }

    public enum State
    {
        None,
        Held,
        Dead,
    }

    /// <summary>
    /// Beats the hearts of all leases that a worker holds, on a thread of its own, so that a long step of a training cannot stop them.
    /// </summary>
    internal sealed class Keeper : IDisposable
    {
        private readonly ConcurrentDictionary<HeartbeatLease, StopSignal> _held = new();
        private readonly ITimer _timer;

        public Keeper(TimeProvider time, TimeSpan beat) => _timer = time.CreateTimer(_ => Beat(), null, beat, beat);

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
}
