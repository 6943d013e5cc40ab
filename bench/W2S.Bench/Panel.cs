namespace W2S.Bench;

/// <summary>Whole runs of the program on all cores, start-up, files and report included.</summary>
/// <param name="Run">Runs it; seconds.</param>
/// <param name="Peer">The authors' loop's time, computed from what timings.py says; null where it has nothing like it.</param>
internal sealed record Panel(Comparison Row, Func<double> Run, Func<IReadOnlyDictionary<string, double>, double>? Peer)
{
    public static IReadOnlyList<Panel> All(double peak, bool hasPeer)
    {
        var cores = Environment.ProcessorCount;
        return
        [
            Reproduce($"Figure 2b from nothing to the report, {cores} cores", "2b"),
            Reproduce($"all six panels from nothing to the report, {cores} cores", W2S.Experiments.Panels.Group),
            new Panel(new("reproduce at tiny settings", 0, 0), () => WholeRuns.Reproduce("reproduce", "2b", "--epochs", "2", "--tasks", "3", "--samples", "100"), null),
            new Panel(new("--help", 0, 0), () => WholeRuns.Run("--help"), null),
        ];

        Panel Reproduce(string name, string panels)
        {
            var options = PeerCost.Panels(panels);
            var row = new Comparison(name, PeerCost.Operations(options), peak * cores) { Peer = hasPeer ? new Times { Computed = true } : null };
            return new Panel(row, () => WholeRuns.Reproduce("reproduce", panels), seconds => PeerCost.Seconds(options, seconds));
        }
    }
}
