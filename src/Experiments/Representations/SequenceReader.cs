namespace W2S.Experiments;

/// <summary>A frozen model that is loaded to read the sequences of a corpus, a block of them after the other.</summary>
internal abstract class SequenceReader : IDisposable
{
    /// <summary>Sequences of a block; a pass that was cut into blocks of so many has the numbers of one in a piece.</summary>
    public abstract int Block { get; }

    /// <param name="tokens">The longest first, as <see cref="Order"/> has them.</param>
    /// <returns>[sequences, width], row-major.</returns>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public abstract float[] Read(PackedTokens tokens, Progress progress);

    public abstract void Dispose();

    /// <summary>The sequences' numbers, the longest first, so that none of the large ones is left for the end.</summary>
    public static int[] Order(PackedTokens tokens) =>
        [.. Enumerable.Range(0, tokens.Sequences).OrderByDescending(tokens.Length).ThenBy(sequence => sequence)];

    /// <summary>A pass over all sequences, those of like lengths together: computes what is missing.</summary>
    /// <param name="features">Begun with the tokens' order.</param>
    /// <param name="check">Looks at each block, [sequences, width], and the numbers of its sequences.</param>
    public void ReadAll(
        PackedTokens tokens, PartialFeatures features, string name, RunServices run, Action<float[], int[]>? check = null)
    {
        var order = Order(tokens);
        using var progress = new Progress(
            name, tokens.Tokens.Length, run, "tokens", order.AsSpan(0, features.Done)
                .ToArray().Sum(sequence => (long)tokens.Length(sequence)));
        while (features.Next(Block) is { Length: > 0 } sequences)
        {
            var rows = Read(tokens.Pick(sequences), progress);
            check?.Invoke(rows, sequences);
            features.Add(rows);
        }
    }

    /// <summary>How far a representation has read a corpus, told by any thread, and whether it is to go on.</summary>
    /// <param name="total">In all, of this unit.</param>
    /// <param name="start">How much was done before.</param>
    internal sealed class Progress(string representation, long total, RunServices run, string unit, long start = 0) : IDisposable
    {
        private readonly IProgressDisplay.IItem _item = run.Progress.Begin($"features of {representation}", unit, total, start);
        private long _done = start;

        /// <summary>So many more are done; false: the run is asked to stop.</summary>
        public bool Goes(int more)
        {
            _item.Report(Interlocked.Add(ref _done, more));
            return !run.Stop.IsSet;
        }

        /// <exception cref="StoppedException">The run is asked to stop.</exception>
        public void ThrowIfStopped() => run.Stop.ThrowIfSet();

        public void Dispose() => _item.Dispose();
    }
}
