using W2S.Data;
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

namespace W2S.Papers;

/// <summary>The experiments at settings that take a fraction of a second.</summary>
internal static class SmallExperiments
{
    public static ExperimentResults Run(
        string name, string folder, int threads = 2, RunServices? run = null, long[]? seeds = null, string preset = "paper",
            bool force = false, params string[] assignments) =>
        Run([name], folder, threads, run, seeds, preset, force, assignments);

    public static ExperimentResults Run(
        IReadOnlyList<string> names, string folder, int threads = 2, RunServices? run = null, long[]? seeds = null, string preset = "paper",
            bool force = false, params string[] assignments) =>
        new ExperimentRuns(new DataFolders(["."]), threads, new TrainingOptions(), "w2s")
            .Run(names, preset, Overrides(assignments), seeds ?? [0], folder, force, run ?? RunServices.Silent);

    /// <summary>The pieces of the pipeline on the first study of an experiment.</summary>
    public static Bench Bench(string name, params string[] assignments)
    {
        var study = ExperimentFile.OfName(name).Studies("paper", Overrides(assignments), [0])[0];
        var engine = Engines.Choose(study, 1);
        var representations =
            new Representations("", new DataFolders(["."]), new FeatureCache(null), 1, new TrainingOptions(), RunServices.Silent);
        return new Bench(study, new GaussianTasks(study, engine), engine, role => representations.Obtain(study, role, engine),
            RunServices.Silent);
    }

    private static IReadOnlyList<ConfigurationLayer> Overrides(IEnumerable<string> assignments)
    {
        string[] small =
        [
            "heads.tasks=2", "heads.samples=80", "evaluation.samples=120", "heads.optimiser.epochs=4", "heads.optimiser.batch=40",
            "pretraining.tasks=2", "pretraining.samples=50", "pretraining.optimiser.epochs=2",
        ];
        return [.. small.Concat(assignments).Select(ConfigurationLayer.FromAssignment)];
    }
}
