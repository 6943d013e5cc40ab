using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace W2S.Training.Fused;

/// <summary>
/// The caller and helpers that it keeps, each with a number, who work at once and wait for one another. A training step calls
/// them together several times within a millisecond, which is too often to wake sleeping threads: whoever waits looks out for a
/// while before it sleeps, and meanwhile keeps its core, for on a busy machine the core would not be back in time.
/// </summary>
/// <param name="size">With the caller.</param>
internal sealed class Team(int size) : IDisposable
{
    private static readonly TimeSpan LookOut = TimeSpan.FromMicroseconds(200);

    private readonly ManualResetEventSlim[] _called = [.. Enumerable.Range(1, size - 1).Select(_ => Unset())];
    private readonly ManualResetEventSlim _done = Unset();
    private readonly bool _looksOut = size <= Environment.ProcessorCount;
    private Action<int>? _work;
    private ExceptionDispatchInfo? _failure;
    private int _busy;
    private bool _isStarted;

    /// <summary>Calls <paramref name="work"/> with 0 .. size − 1, each on a thread of its own, and returns when all have.</summary>
    public void Run(Action<int> work)
    {
        if (size == 1)
        {
            work(0);
            return;
        }
        if (!_isStarted) Start();
        (_work, _failure, _busy) = (work, null, size);
        _done.Reset();
        foreach (var called in _called) called.Set();
        Do(0);
        Await(_done);
        _failure?.Throw();
    }

    public void Dispose()
    {
        _work = null;
        foreach (var called in _called) called.Set();
    }

    private static ManualResetEventSlim Unset() => new(false, spinCount: 0);

    private void Start()
    {
        _isStarted = true;
        for (var helper = 1; helper < size; helper++)
        {
            var number = helper;
            new Thread(() => Help(number)) { IsBackground = true, Name = $"fused encoder, part {number + 1}" }.Start();
        }
    }

    private void Help(int number)
    {
        while (true)
        {
            Await(_called[number - 1]);
            _called[number - 1].Reset();
            if (_work == null) return;
            Do(number);
        }
    }

    private void Await(ManualResetEventSlim signal)
    {
        var start = Stopwatch.GetTimestamp();
        while (_looksOut && !signal.IsSet && Stopwatch.GetElapsedTime(start) < LookOut) Thread.SpinWait(20);
        signal.Wait();
    }

    private void Do(int number)
    {
        try
        {
            _work!(number);
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }
        if (Interlocked.Decrement(ref _busy) == 0) _done.Set();
    }
}
