using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>The three stages of one molecular run on features that are computed once; each stage command computes its own.</summary>
/// <param name="checkpoints">A folder for interrupted fits.</param>
internal sealed class MoleculeRunWork(MoleculeStageOptions options, MoleculeData data, FeatureStore store, string checkpoints, int threads, RunServices run)
{
    private static readonly FeatureMemory Memory = new(8);

    private readonly IReadOnlyList<(int Split, MoleculeParts Parts)> _splits = [.. options.Splits.Select(split => (split, MoleculeParts.Of(data.Splits[split], options.W2sOn)))];

    /// <param name="started">The timestamp from which the seconds count.</param>
    /// <exception cref="StoppedException">Asked to stop; features and fits so far are kept.</exception>
    public MoleculeStageRun Run(FrozenEncoder weak, FrozenEncoder strong, long started)
    {
        var (weakFeatures, strongFeatures) = (Features(weak), Features(strong));
        var weakSays = Fit("weak", weakFeatures, _ => data.Table.Labels, parts => parts.Weak);
        var studentSays = Fit("student", strongFeatures, index => weakSays[index], parts => parts.Student);
        var strongSays = Fit("strong", strongFeatures, _ => data.Table.Labels, parts => parts.Student);
        return MoleculeStages.Result(
            MoleculeStageRun.Evaluation, null, options, data,
            [Part("weak encoder", weak.Description), Heads("weak"), Part("strong encoder", strong.Description), Heads("student"), Heads("strong")],
            options.Splits.Select((split, index) => new SplitPredictions(split, weakSays[index], studentSays[index], strongSays[index])),
            run.Time.GetElapsedTime(started));

        StagePart Heads(string stage) => Part($"{stage} heads", $"{options.Splits.Count} splits, {MoleculeStages.InWords(options.Heads)}");
    }

    private MoleculeFeatures Features(FrozenEncoder frozen)
    {
        if (run.Stop.Reason is { } reason) throw new StoppedException(reason);
        var encoder = frozen.On(options.Device, threads, run);
        // Disturbed features are many times larger, and differ from seed to seed; those are kept in the run's folder only.
        if (options.Heads.StockPasses > 0) return store.Obtain(data, new StudyEncoder(new StockFeatures(encoder, StockNoise.Of(options.Seed)), encoder.Digest));
        var key = $"{data.Table.Source} {encoder.Name} {encoder.Digest} {options.Heads.Pooling} {options.Device}";
        return Memory.Obtain(key, () => store.Obtain(data, new StudyEncoder(encoder, encoder.Digest)));
    }

    /// <summary>One head for each split, and what they say about every molecule, [splits][molecules].</summary>
    /// <param name="stage">Part of the fits' names, from which their random streams come: those of <see cref="MoleculeStageWork"/>.</param>
    private double[][] Fit(string stage, MoleculeFeatures features, Func<int, IReadOnlyList<double>> labels, Func<MoleculeParts, IReadOnlyList<int>> rows)
    {
        var heads = new MoleculeHeads(options.Heads, options.Seed, options.Device, threads, checkpoints, run).Fit(
            [.. _splits.Select((split, index) => new MoleculeHeadTask($"{options.Data} split {split.Split}, {stage}", features, labels(index), rows(split.Parts)))]);
        return [.. heads.Select(head => head.Predict(features))];
    }

    private static StagePart Part(string name, string how) => new(name, how, 0, null, null);
}
