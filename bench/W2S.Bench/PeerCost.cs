using W2S.Experiments;

namespace W2S.Bench;

/// <summary>
/// What whole panels would cost in a peer's loop, computed from the times of its steps: nobody waits an hour for a benchmark.
/// </summary>
internal static class PeerCost
{
    /// <summary>Panels of one seed by name, at the paper's settings.</summary>
    public static IReadOnlyList<Study> Panels(params string[] names) =>
        StudyConfiguration.Resolve(Panel.Find(names), Panel.DefaultPreset, [], []);

    /// <summary>Seconds of each different representation once, and of all heads fitted one after the other, as the authors do it.</summary>
    public static double OneByOne(IReadOnlyList<Study> panels, PeerTimes times) => RepresentationSeconds(panels, times)
        + panels.Sum(panel => HeadSteps(panel)
            * (times.Seconds[$"head_on_{Kind(panel.Weak)}"] + 2 * times.Seconds[$"head_on_{Kind(panel.Strong)}"]));

    /// <summary>The same with the heads of a stage in one bmm, which costs the same whatever they stand on.</summary>
    public static double Batched(IReadOnlyList<Study> panels, PeerTimes times) => RepresentationSeconds(panels, times)
        + panels.Sum(panel => 3 * HeadSteps(panel) / Problems.Tasks * times.Seconds["head_step_of_all_tasks"]);

    /// <summary>Floating-point operations of the same work.</summary>
    public static double Operations(IReadOnlyList<Study> panels) =>
        Representations(panels).Sum(
            needed => PretrainingSteps(needed) * Bench.Operations.RepresentationStep(needed.Depth == 2 ? Problems.Weak : Problems.Strong))
        + panels.Sum(panel => 3 * HeadSteps(panel) * Bench.Operations.HeadStep(panel.RepresentationWidth));

    private static double RepresentationSeconds(IReadOnlyList<Study> panels, PeerTimes times) =>
        Representations(panels).Sum(needed => PretrainingSteps(needed) * times.Seconds[$"representation_{Kind(needed.Depth)}"]);

    /// <summary>Those that W2S would tell apart.</summary>
    private static IEnumerable<MlpRepresentation.Settings> Representations(IReadOnlyList<Study> panels) => panels
        .SelectMany(panel => new[] { panel.Weak, panel.Strong }
            .Where(representation => representation.Source == RepresentationSource.Pretrained)
            .Select(representation => MlpRepresentation.Settings.Of(panel, representation, engine: "")))
        .DistinctBy(Fingerprint.Of);

    private static double PretrainingSteps(MlpRepresentation.Settings needed) =>
        Steps(needed.Pretraining.Tasks, needed.Pretraining.Samples, needed.Pretraining.Optimiser);

    private static double HeadSteps(Study panel) => Steps(panel.Heads.Tasks, panel.Heads.Samples, panel.Heads.Optimiser);

    private static double Steps(int tasks, int samples, Training.OptimiserOptions optimiser) =>
        (double)tasks * optimiser.Epochs * Math.Ceiling((double)samples / optimiser.Batch);

    private static string Kind(RepresentationOptions representation) =>
        representation.Source != RepresentationSource.Pretrained ? "truth" : Kind(representation.Depth);

    private static string Kind(int depth) => depth == 2 ? "weak" : "strong";
}
