namespace W2S.Training;

/// <summary>
/// Batches of sequences of nearly the same length, so that little padding is computed: the sequences are shuffled, cut into
/// windows, sorted by length within each, and cut into batches, whose order is shuffled.
/// </summary>
/// <remarks>Batches are a function of (seed, stream, epoch). Only the window decides how much chance is lost by the sorting.</remarks>
internal sealed class LengthGroupedBatches
{
    /// <summary>Hugging Face's group_by_length looks at 50 batches at once.</summary>
    public const int DefaultWindow = 50;

    private readonly int[] _lengths;
    private readonly int[] _order;
    private readonly int _batch, _window;
    private readonly long _seed;
    private readonly string _stream;
    private long _epoch = -1;

    /// <param name="lengths">Tokens of each sequence; kept.</param>
    /// <param name="batch">Sequences of a batch. The last batch of an epoch holds what is left.</param>
    /// <param name="window">Batches that are sorted together; 1: the batches are drawn without regard to length.</param>
    public LengthGroupedBatches(int[] lengths, int batch, long seed, string stream = "batches", int window = DefaultWindow)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        (_lengths, _order, _batch, _window, _seed, _stream) = (lengths, new int[lengths.Length], batch, window, seed, stream);
    }

    /// <summary>Batches of an epoch.</summary>
    public int Count => (_lengths.Length + _batch - 1) / _batch;

    /// <summary>The sequences of one batch. Epochs may be asked for in any order; going on within one costs nothing.</summary>
    /// <param name="batch">0 .. <see cref="Count"/> − 1.</param>
    /// <returns>Valid until another epoch is asked for.</returns>
    public ReadOnlySpan<int> this[long epoch, int batch]
    {
        get
        {
            if (_epoch != epoch) Arrange(epoch);
            var first = batch * _batch;
            return _order.AsSpan(first, Math.Min(_batch, _order.Length - first));
        }
    }

    private void Arrange(long epoch)
    {
        var random = new RandomStream(_seed, _stream, epoch);
        var shuffled = new int[_lengths.Length];
        random.Permutation(shuffled);
        SortWindows(shuffled);
        // The incomplete batch, if there is one, stays last.
        var batches = new int[_lengths.Length / _batch];
        random.Permutation(batches);
        for (var i = 0; i < batches.Length; i++) shuffled.AsSpan(batches[i] * _batch, _batch).CopyTo(_order.AsSpan(i * _batch));
        shuffled.AsSpan(batches.Length * _batch).CopyTo(_order.AsSpan(batches.Length * _batch));
        _epoch = epoch;
    }

    private void SortWindows(int[] shuffled)
    {
        if (_window == 1) return;
        var size = (int)Math.Min((long)_window * _batch, shuffled.Length);
        // By length, then by place in the shuffle: one order whatever the sorting algorithm.
        var keys = new long[size];
        for (var first = 0; first < shuffled.Length; first += size)
        {
            var count = Math.Min(size, shuffled.Length - first);
            for (var i = 0; i < count; i++) keys[i] = ((long)_lengths[shuffled[first + i]] << 32) | (uint)i;
            var window = shuffled.AsSpan(first, count);
            keys.AsSpan(0, count).Sort(window);
        }
    }
}
