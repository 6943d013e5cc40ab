namespace W2S.Bench;

/// <summary>One line of the table: something that W2S's two engines and PyTorch do.</summary>
/// <param name="name">For people, with the unit of work.</param>
/// <param name="operations">Floating-point operations of one unit.</param>
/// <param name="peak">The most that the cores used give, operations a second.</param>
internal sealed class Comparison(string name, double operations, double peak)
{
    public string Name => name;

    public double Operations => operations;

    /// <summary>The fused engine (or, for whole runs, the program).</summary>
    public Times W2S { get; } = new();

    /// <summary>The torch engine on one thread; null where it was not timed.</summary>
    public Times? Torch { get; init; }

    /// <summary>PyTorch on one thread; null where there is no peer.</summary>
    public Times? Peer { get; init; }

    /// <summary>How many times longer the peer takes, by medians.</summary>
    public double? Ratio => Peer is { Count: > 0 } ? Peer.Median / W2S.Median : null;

    /// <summary>The same by the least times, which other work on the machine disturbs least.</summary>
    public double? LeastRatio => Peer is { Count: > 0 } ? Peer.Least / W2S.Least : null;

    /// <summary>How much of the machine's speed the operations get at the least time; null where they are not counted.</summary>
    public double? ShareOfPeak => operations > 0 ? operations / W2S.Least / peak : null;
}
