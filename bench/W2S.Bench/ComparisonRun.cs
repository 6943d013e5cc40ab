using W2S.Data;
using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Times everything in one run, W2S and PyTorch in turns, so that whatever else the machine does meets both alike. What
/// runs on one core is pinned to it; whole runs of the program have all cores.
/// </summary>
internal static class ComparisonRun
{
    private const int StretchesInARound = 5;

    /// <param name="rounds">Turns of the kernels.</param>
    /// <param name="longRounds">Turns of stages and whole runs.</param>
    /// <param name="say">Where progress goes.</param>
    public static ComparisonReport Run(int rounds, int longRounds, Action<string> say)
    {
        var load = Processors.Load;
        var peer = Peer.Find();
        if (peer == null) say("no python3 with torch (./run.sh setup peers installs it): the peer's columns stay empty");
        var torch = Torch(say);
        var fused = new FusedEngine(threads: 1);
        var peak = Processors.Pinned(() => PeakSpeed.Measure(InstructionSets.Best)) * 1e9;
        var kernels = Processors.Pinned(() => Kernels.All(fused, torch, peak, peer != null));
        var stages = Stage.All(fused, peak, torch != null, peer != null);
        var panels = Panel.All(peak, peer != null);

        for (var round = 0; round < Math.Max(rounds, longRounds); round++)
        {
            say($"round {round + 1} of {Math.Max(rounds, longRounds)}");
            var timed = peer == null ? null : Processors.Pinned(peer.TimeRound);
            if (round < rounds) Processors.Pinned(() => Turn(kernels, timed));
            if (round < longRounds) Processors.Pinned(() => Turn(stages, kernels, timed));
            if (round < longRounds) Turn(panels, timed);
        }
        return new ComparisonReport(
            fused.Name, torch?.Name, peer?.MadeWith, peak, rounds, longRounds, load, Processors.Load,
            [.. kernels.Select(kernel => kernel.Row)], [.. stages.Select(stage => stage.Row)], [.. panels.Select(panel => panel.Row)]);
    }

    private static bool Turn(IReadOnlyList<Kernel> kernels, IReadOnlyDictionary<string, double>? peer)
    {
        foreach (var kernel in kernels)
        {
            for (var stretch = 0; stretch < StretchesInARound; stretch++)
            {
                var seconds = kernel.Fused();
                if (stretch > 0 || kernel.Row.W2S.Count > 0) kernel.Row.W2S.Add(seconds); // the first of all is not yet compiled
            }
            if (kernel.Torch != null) kernel.Row.Torch!.Add(kernel.Torch());
            if (peer != null) kernel.Row.Peer!.Add(kernel.Peer(peer));
        }
        return true;
    }

    private static bool Turn(IReadOnlyList<Stage> stages, IReadOnlyList<Kernel> kernels, IReadOnlyDictionary<string, double>? peer)
    {
        foreach (var stage in stages)
        {
            stage.Row.W2S.Add(stage.Run());
            if (stage.Torch(kernels) is { } torch) stage.Row.Torch?.Add(torch);
            if (peer != null) stage.Row.Peer!.Add(stage.Peer(peer));
        }
        return true;
    }

    private static void Turn(IReadOnlyList<Panel> panels, IReadOnlyDictionary<string, double>? peer)
    {
        foreach (var panel in panels)
        {
            panel.Row.W2S.Add(panel.Run());
            if (peer != null && panel.Peer != null) panel.Row.Peer!.Add(panel.Peer(peer));
        }
    }

    private static TorchEngine? Torch(Action<string> say)
    {
        try
        {
            return new TorchEngine("cpu", threads: 1);
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or UserErrorException)
        {
            say($"no libtorch ({error.Message}): the torch engine's column stays empty");
            return null;
        }
    }
}
