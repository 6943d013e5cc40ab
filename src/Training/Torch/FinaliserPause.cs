namespace W2S.Training;

/// <summary>
/// While one is held, no finaliser runs in this process, so nothing that a step gave to libtorch is freed under its hands:
/// not the scalar of a user's `x * 0.5`, and no tensor outside of a dispose scope. Garbage is collected all the same.
/// </summary>
/// <remarks>
/// There is one thread of finalisers. Before steps begin it is led into a finaliser of ours, in which it waits until they are
/// done. Several trainings share a pause; one that would begin while a pause is <see cref="Longest"/> old waits for its end,
/// so that what waits to be freed never piles up. Code that waits for finalisers inside of a step waits
/// <see cref="Patience"/>, then the pause is over.
/// </remarks>
internal sealed class FinaliserPause : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly object Gate = new();
    private static int _holders;
    private static long _began;
    private static ManualResetEventSlim? _end;

    private FinaliserPause() { }

    /// <summary>Begins a pause or joins the running one; disposing leaves it. Never within another of the same thread.</summary>
    public static FinaliserPause Begin()
    {
        lock (Gate)
        {
            while (_holders > 0 && System.Diagnostics.Stopwatch.GetElapsedTime(_began) > Longest) Monitor.Wait(Gate);
            if (_holders == 0) _end = LeadIn();
            _holders++;
        }
        return new FinaliserPause();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--_holders > 0) return;
            _end!.Set();
            Monitor.PulseAll(Gate);
        }
    }

    private static ManualResetEventSlim LeadIn()
    {
        var (arrived, end) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        do
        {
            Drop(arrived, end);
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        }
        while (!arrived.Wait(TimeSpan.FromSeconds(1)));
        _began = System.Diagnostics.Stopwatch.GetTimestamp();
        return end;
    }

    // A method of its own, so that no register or stack slot of LeadIn keeps the object alive.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Drop(ManualResetEventSlim arrived, ManualResetEventSlim end) => _ = new Waiting(arrived, end);

    private sealed class Waiting(ManualResetEventSlim arrived, ManualResetEventSlim end)
    {
        ~Waiting()
        {
            arrived.Set();
            end.Wait(Patience);
        }
    }
}
