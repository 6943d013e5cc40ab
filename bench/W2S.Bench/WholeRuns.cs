using W2S.Experiments;

namespace W2S.Bench;

/// <summary>The program itself from its start to its end, on all cores: start-up, files and report included.</summary>
internal static class WholeRuns
{
    private delegate double Cost(IReadOnlyList<Study> panels, PeerTimes times);

    public static IReadOnlyList<Comparison> All(double peak)
    {
        var cores = Environment.ProcessorCount;
        return
        [
            Reproduce("Figure 2b, peer one head at a time", "2b", null, PeerCost.OneByOne),
            Reproduce("six panels, peers' heads in one bmm", Panel.Group, PeerCost.Batched, PeerCost.Batched),
            new("reproduce at tiny settings", 0, 0, () => WholeRuns.Reproduce("2b", "--epochs", "2", "--tasks", "3", "--samples", "100"))
            {
                Repetitions = 1,
            },
            new("--help", 0, 0, () => Seconds("--help")) { Repetitions = 1 },
        ];

        Comparison Reproduce(string name, string panels, Cost? torchSharp, Cost pyTorch)
        {
            var options = PeerCost.Panels(panels);
            return new Comparison(
                name, PeerCost.Operations(options), peak * cores, () => WholeRuns.Reproduce(panels),
                torchSharp: torchSharp == null ? null : times => torchSharp(options, times),
                pyTorch: times => pyTorch(options, times)) { IsComputed = true, Repetitions = 1 };
        }
    }

    /// <summary>Seconds that `W2S arguments` takes.</summary>
    public static double Seconds(params string[] arguments) => Times.Of(() => ChildProcess.Output(Repository.Built("W2S"), arguments));

    /// <summary>Seconds that `W2S reproduce arguments` takes in a fresh folder.</summary>
    private static double Reproduce(params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-bench-").FullName;
        try
        {
            return Seconds(["reproduce", .. arguments, "--out", Path.Combine(folder, "run")]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
