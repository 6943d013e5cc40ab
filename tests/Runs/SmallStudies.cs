using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Runs;

/// <summary>The six panels at settings that take a fraction of a second.</summary>
internal static class SmallStudies
{
    public static IReadOnlyList<Study> Of(string names, params string[] assignments) => Of(names, [0], assignments);

    public static IReadOnlyList<Study> Of(string names, long[] seeds, params string[] assignments)
    {
        string[] small =
        [
            "heads.tasks=6", "heads.samples=150", "evaluation.samples=400", "heads.optimiser.epochs=20",
            "pretraining.tasks=3", "pretraining.samples=100", "pretraining.optimiser.epochs=20",
        ];
        var layers = small.Concat(assignments).Select(ConfigurationLayer.FromAssignment).ToList();
        return StudyConfiguration.Resolve(Panel.Find(names.Split(' ')), "paper", layers, seeds);
    }

    public static IReadOnlyList<PanelResult> Run(this IReadOnlyList<Study> studies, string folder, int threads = 1, RunServices? run = null, bool force = false, DataFolders? folders = null) =>
        new Studies(folders ?? new DataFolders(["."]), threads, new TrainingOptions(), "w2s").Run(studies, folder, force, run ?? RunServices.Silent).Panels;

    /// <summary>Everything but the time, with every digit.</summary>
    public static string Text(this IReadOnlyList<PanelResult> results) => Fingerprint.Of(results.Select(result => result with { Seconds = 0, Options = result.Options with { Threads = 0 } }));
}
