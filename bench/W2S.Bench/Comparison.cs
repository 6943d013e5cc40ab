namespace W2S.Bench;

/// <summary>One line of the table: a unit of work, and what tells its seconds in each of the four programs.</summary>
/// <param name="name">For people, with the unit of work.</param>
/// <param name="operations">Floating-point operations of one unit; 0: not counted.</param>
/// <param name="peak">The most that the cores used give, operations a second.</param>
/// <param name="w2s">Does it with the fused engine (or, for whole runs, the program).</param>
/// <param name="torch">Does it with W2S's torch engine; null where there is nothing to time.</param>
/// <param name="torchSharp">Finds it in what the TorchSharp peer says; null where that has nothing like it.</param>
/// <param name="pyTorch">The same of PyTorch.</param>
internal sealed class Comparison(
    string name, double operations, double peak, Func<double> w2s, Func<double>? torch = null,
    Func<PeerTimes, double>? torchSharp = null, Func<PeerTimes, double>? pyTorch = null)
{
    public string Name => name;

    public double Operations => operations;

    /// <summary>The peers' times are made from those of their steps.</summary>
    public bool IsComputed { get; init; }

    /// <summary>How often W2S is timed in a round; its unit is the shortest.</summary>
    public int Repetitions { get; init; } = 5;

    public Times W2S { get; } = new();

    public Times Torch { get; } = new();

    public Times TorchSharp { get; } = new();

    public Times PyTorch { get; } = new();

    /// <summary>How much of the machine's speed the operations get at the least time; null where they are not counted.</summary>
    public double? ShareOfPeak => operations > 0 ? operations / W2S.Least / peak : null;

    /// <summary>Compiles, and fills the caches.</summary>
    public void WarmUp()
    {
        w2s();
        torch?.Invoke();
    }

    /// <summary>One turn of everybody.</summary>
    public void Turn(PeerTimes? torchSharpSays, PeerTimes? pyTorchSays)
    {
        for (var repetition = 0; repetition < Repetitions; repetition++) W2S.Add(w2s());
        if (torch != null) Torch.Add(torch());
        if (torchSharp != null && torchSharpSays != null) TorchSharp.Add(torchSharp(torchSharpSays));
        if (pyTorch != null && pyTorchSays != null) PyTorch.Add(pyTorch(pyTorchSays));
    }
}
