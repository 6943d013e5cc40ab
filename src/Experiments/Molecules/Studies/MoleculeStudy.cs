using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// The three stages and the evaluation on one data set, as in 2405.15116, section 5.2: a linear head on each frozen encoder,
/// weak-to-strong on each split. Features come in computed; only heads are fitted here, those of a stage together.
/// </summary>
public sealed class MoleculeStudy(MoleculeStudyOptions options, MoleculeData data, MoleculeHeads heads)
{
    private readonly IReadOnlyList<Cell> _splits =
        [.. data.Splits.OrderBy(split => split.Key).Select(split => new Cell(split.Value, MoleculeParts.Of(split.Value, options.W2sOn)))];

    /// <summary>Every weak encoder on every split.</summary>
    public IReadOnlyList<MoleculeResult> Run(IReadOnlyList<MoleculeFeatures> weak, MoleculeFeatures strong)
    {
        var truth = data.Table.Labels;
        var pairs = weak.SelectMany(features => _splits.Select(split => (Weak: features, Split: split))).ToList();

        // Stage 1, weak: heads on the weak encoders, on true labels.
        var weakHeads = heads.Fit([.. pairs.Select(pair => Task("weak", pair.Weak, pair.Weak, pair.Split, truth, pair.Split.Rows.Weak))]);
        var weakSays = pairs.Zip(weakHeads, (pair, head) => head.Predict(pair.Weak)).ToList();

        // Stage 2, weak-to-strong: heads on the strong encoder, on what the weak models say. Stage 3, strong: on true labels.
        var students = pairs.Zip(weakSays, (pair, labels) => Task("student", pair.Weak, strong, pair.Split, labels, pair.Split.Rows.Student));
        var ceilings = _splits.Select(split => Task("strong", strong, strong, split, truth, split.Rows.Student));
        var strongHeads = heads.Fit([.. students, .. ceilings]);
        var studentSays = strongHeads.Take(pairs.Count).Select(head => head.Predict(strong)).ToList();
        var strongSays = _splits.Zip(strongHeads.Skip(pairs.Count)).ToDictionary(split => split.First, split => split.Second.Predict(strong));

        return [.. pairs.Select((pair, index) => Measure(pair.Weak, pair.Split, weakSays[index], studentSays[index], strongSays[pair.Split]))];
    }

    private MoleculeResult Measure(MoleculeFeatures weak, Cell split, double[] weakSays, double[] studentSays, double[] strongSays)
    {
        var truth = data.Table.Labels;
        var rows = options.MeasuredOn == MeasuredPart.Valid ? split.Split.Valid : split.Split.Test;
        var isFresh = options.W2sOn != MoleculeProtocol.Valid;
        return new MoleculeResult(
            split.Split.Seed, weak.Encoder, weak.Width,
            WeakError: Distance(weakSays, truth),
            StudentError: Distance(studentSays, truth),
            StrongError: Distance(strongSays, truth),
            Misfit: Distance(studentSays, weakSays),
            WeakOn: OnParts(weakSays, isFresh: true), StudentOn: OnParts(studentSays, isFresh), StrongOn: OnParts(strongSays, isFresh));

        double Distance(double[] predictions, IReadOnlyList<double> labels) => MoleculeErrors.Of(predictions, labels, rows).MeanSquared;

        MoleculePartErrors OnParts(double[] predictions, bool isFresh) =>
            new(isFresh ? MoleculeErrors.Of(predictions, truth, split.Split.Valid) : null, MoleculeErrors.Of(predictions, truth, split.Split.Test));
    }

    private MoleculeHeadTask Task(string stage, MoleculeFeatures weak, MoleculeFeatures features, Cell split, IReadOnlyList<double> labels, IReadOnlyList<int> rows) =>
        new($"{data.Set.Name} split {split.Split.Seed} {weak.Encoder} {stage} head", features, labels, rows);

    private sealed record Cell(MoleculeSplit Split, MoleculeParts Rows);
}
