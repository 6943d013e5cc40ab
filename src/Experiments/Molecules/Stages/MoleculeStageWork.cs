using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>What one molecular stage computes, and the list of what it used.</summary>
/// <param name="folder">The run's, for the checkpoints of interrupted fits.</param>
internal sealed class MoleculeStageWork(MoleculeStageOptions options, MoleculeData data, MoleculeEncoders encoders, int threads, string folder, RunServices run)
{
    public const string HeadsFolder = "heads";
    private readonly List<StagePart> _parts = [];

    public IReadOnlyList<StagePart> Parts => _parts;

    /// <summary>One head for each split on the frozen encoder of a role, and what they say about every molecule.</summary>
    /// <param name="stage">"weak", "student" or "strong": names the random streams.</param>
    /// <param name="role">"weak" or "strong": whose encoder.</param>
    /// <param name="labels">The labels of a split, one for each molecule of the table.</param>
    /// <param name="rows">The rows to fit on.</param>
    /// <returns>[splits][molecules].</returns>
    public double[][] Fit(string stage, string role, Func<int, IReadOnlyList<double>> labels, Func<int, IReadOnlyList<int>> rows)
    {
        var (encoder, part) = encoders.Obtain(role, role == "weak" ? options.Weak : options.Strong);
        _parts.Add(part);
        var features = Features(encoder);
        var heads = new MoleculeHeads(options.Heads, options.Seed, options.Device, threads, Path.Combine(folder, HeadsFolder), run).Fit(
            [.. options.Splits.Select((split, index) => new MoleculeHeadTask($"{options.Data} split {split}, {stage}", features, labels(index), rows(split)))]);
        _parts.Add(new StagePart($"{stage} heads", $"{options.Splits.Count} splits, {MoleculeStages.InWords(options.Heads)}", 0, null, null) { Found = false });
        return [.. heads.Select(head => head.Predict(features))];
    }

    private MoleculeFeatures Features(FrozenEncoder encoder)
    {
        var features = MoleculeFeatures.Of(data, options.Heads.Pooling, encoder);
        if (options.Heads.StockPasses == 0) return features;
        var stock = new StockFeatures(encoder.On(options.Device, threads, run with { Progress = NoProgress.Instance }), StockNoise.Of(options.Seed));
        var draws = new List<float[]>();
        using var item = run.Progress.Begin($"disturbed features of {encoder.Name}", "passes", options.Heads.StockPasses);
        for (var pass = 0; pass < options.Heads.StockPasses; pass++)
        {
            draws.Add(stock.Noisy(data, options.Heads.Pooling, pass));
            item.Report(pass + 1);
        }
        return features.FittedOn(data, stock, draws);
    }
}
