using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Times everything in one run, W2S and its peers in turns, so that whatever else the machine does meets all alike. What
/// runs on one core is pinned to it; whole runs of the program have all cores.
/// </summary>
/// <param name="say">Where progress goes.</param>
internal sealed class ComparisonRun(Action<string> say)
{
    private readonly Peer _torchSharp = Peer.TorchSharp;
    private readonly Peer? _pyTorch = Peer.FindPyTorch();
    private readonly Agreement _agreement = new();

    /// <param name="corpus">Real molecules; null: no encoders.</param>
    /// <param name="rounds">Turns of everything but whole runs.</param>
    /// <param name="longRounds">Turns of whole runs, of which none is without kernels; 0: no whole runs.</param>
    /// <param name="encodersOnly">Neither kernels nor whole runs.</param>
    public ComparisonReport Run(string? corpus, int rounds, int longRounds, bool encodersOnly)
    {
        var load = Processors.Load;
        if (_pyTorch == null) say("no python3 with torch (./run.sh setup peers installs it): PyTorch's columns stay empty");
        var peak = Processors.Pinned(() => PeakSpeed.Measure(InstructionSets.Best)) * 1e9;
        var kernels = encodersOnly ? null : Processors.Pinned(() => KernelsInTurns(peak));
        IReadOnlyList<InTurns> encoders = corpus == null
            ? []
            : [.. EncoderProblem.All(corpus, 32, 96, 192).Select(problem => Processors.Pinned(() => EncoderInTurns(problem, peak)))];
        var wholeRuns = encodersOnly || longRounds == 0 ? [] : WholeRuns.All(peak);
        for (var round = 1; round <= rounds; round++)
        {
            say($"round {round} of {rounds}");
            var peers = kernels == null ? default : Processors.Pinned(() => Turn(kernels));
            foreach (var encoder in encoders) Processors.Pinned(() => Turn(encoder));
            if (round <= longRounds)
                foreach (var run in wholeRuns) run.Turn(peers.TorchSharp, peers.PyTorch);
        }
        return new ComparisonReport(
            new FusedEngine(threads: 1).Name, _torchSharp.MadeWith, _pyTorch?.MadeWith ?? "none", peak, rounds, load,
            Processors.Load, _agreement.Differences,
            [
                new("kernels, one core", kernels?.Rows ?? []),
                new("encoder, a batch of 16 molecules, one core", [.. encoders.SelectMany(encoder => encoder.Rows)]),
                new($"whole runs, {Environment.ProcessorCount} cores, rounds: {longRounds}", wholeRuns),
            ]);
    }

    private InTurns KernelsInTurns(double peak)
    {
        var (fused, torch) = (new FusedEngine(threads: 1), new TorchEngine("cpu", threads: 1));
        var losses = Kernels.Losses(fused);
        _agreement.Check("W2S torch", losses, Kernels.Losses(torch));
        return WarmedUp(new InTurns(Kernels.All(fused, torch, peak), losses, Kernels.Write, (peer, folder) => peer.Steps(folder)));
    }

    private InTurns EncoderInTurns(EncoderProblem problem, double peak)
    {
        var rows = problem.Compare(new TorchEngine("cpu", threads: 1), peak, _agreement, out var losses);
        return WarmedUp(new InTurns(rows, losses, problem.Write, (peer, folder) => peer.Encoder(folder)));
    }

    private static InTurns WarmedUp(InTurns work)
    {
        foreach (var row in work.Rows) row.WarmUp();
        return work;
    }

    private (PeerTimes TorchSharp, PeerTimes? PyTorch) Turn(InTurns work)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-bench-").FullName;
        try
        {
            work.Write(folder);
            var torchSharp = work.Ask(_torchSharp, folder);
            _agreement.Check("TorchSharp", work.Losses, torchSharp.Losses);
            var pyTorch = _pyTorch == null ? null : work.Ask(_pyTorch, folder);
            if (pyTorch != null) _agreement.Check("PyTorch", work.Losses, pyTorch.Losses);
            foreach (var row in work.Rows) row.Turn(torchSharp, pyTorch);
            return (torchSharp, pyTorch);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the peers time in one process.</summary>
    /// <param name="Losses">The fused engine's, which the peers' must be.</param>
    /// <param name="Write">Writes what the peers read into a folder.</param>
    /// <param name="Ask">Has a peer time it.</param>
    private sealed record InTurns(
        IReadOnlyList<Comparison> Rows, IReadOnlyDictionary<string, double[]> Losses, Action<string> Write,
        Func<Peer, string, PeerTimes> Ask);
}
