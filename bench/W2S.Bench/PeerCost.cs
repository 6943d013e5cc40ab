using W2S.Experiments;

namespace W2S.Bench;

/// <summary>What whole panels would cost in the authors' loop, computed from the times of its steps: nobody waits an hour for a benchmark.</summary>
internal static class PeerCost
{
    /// <summary>Panels of one seed by name, at the paper's settings.</summary>
    public static IReadOnlyList<StudyOptions> Panels(params string[] names) =>
        StudyConfiguration.Resolve(W2S.Experiments.Panels.Find(names), Presets.Default, [], []);

    /// <summary>Seconds of all heads and of each different representation once, from seconds a step by timings.py's names.</summary>
    public static double Seconds(IReadOnlyList<StudyOptions> panels, IReadOnlyDictionary<string, double> seconds) =>
        Representations(panels).Sum(needed => needed.Steps * seconds[$"representation_{Kind(needed.Representation)}"])
        + panels.Sum(panel => HeadSteps(panel) * (seconds[$"head_on_{Kind(panel.Weak)}"] + 2 * seconds[$"head_on_{Kind(panel.Strong)}"]));

    /// <summary>Floating-point operations of the same work.</summary>
    public static double Operations(IReadOnlyList<StudyOptions> panels) =>
        Representations(panels).Sum(needed => needed.Steps * Bench.Operations.RepresentationStep(needed.Representation.Depth == 2 ? Problems.Weak : Problems.Strong))
        + panels.Sum(panel => 3 * HeadSteps(panel) * Bench.Operations.HeadStep(panel.RepresentationWidth));

    private static IEnumerable<(RepresentationOptions Representation, double Steps)> Representations(IReadOnlyList<StudyOptions> panels) => panels
        .SelectMany(panel => new[] { panel.Weak, panel.Strong }.Select(representation => (representation, panel.Pretraining)))
        .Where(needed => needed.representation.Source == RepresentationSource.Pretrained)
        .Distinct()
        .Select(needed => (needed.representation, Steps(needed.Pretraining.Tasks, needed.Pretraining.Samples, needed.Pretraining.Optimiser)));

    private static double HeadSteps(StudyOptions panel) => Steps(panel.Heads.Tasks, panel.Heads.Samples, panel.Heads.Optimiser);

    private static double Steps(int tasks, int samples, Training.OptimiserOptions optimiser) =>
        (double)tasks * optimiser.Epochs * Math.Ceiling((double)samples / optimiser.Batch);

    private static string Kind(RepresentationOptions representation) =>
        representation.Source != RepresentationSource.Pretrained ? "truth" : representation.Depth == 2 ? "weak" : "strong";
}
