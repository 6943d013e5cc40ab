using System.Numerics.Tensors;

namespace W2S.Experiments;

/// <summary>How much of its width a representation uses.</summary>
/// <param name="AliveUnits">Units whose output is not the same number on all samples.</param>
/// <param name="EffectiveRank">
/// exp(entropy) of the normalised eigenvalues of the centred features' covariance (Roy and Vetterli 2007): 1 where all
/// variation lies along one direction, the width where it is the same along all; 0 where nothing varies.
/// </param>
public sealed record FeatureHealth(int AliveUnits, double EffectiveRank)
{
    /// <summary>Below this, all features vary together: whatever the width, it is one feature.</summary>
    public const double OneDirection = 1.05;

    /// <summary>Below this, exact heads explain so little of new tasks that the representation does not speak of them.</summary>
    public const double ExplainsTooLittle = 0.3;

    /// <summary>
    /// Whether the representation counts as collapsed: one direction is all that is left of it, or it explains less than
    /// 0.3 of the variance of true labels. The limits lie in the gaps of what 100 seeds gave at the paper's settings
    /// (docs/exact-heads.md): strong representations explained 0.79 to 0.98, weak ones 0.36 to 0.89 but for one at 0.17,
    /// low-sample ones 0.40 to 0.88 but for one at 0.25; effective ranks began at 1.08 but for one weak one at 1.00.
    /// </summary>
    /// <param name="explained">
    /// Share of true labels' variance that heads explain on fresh samples (<see cref="Explained"/>); null where nobody looked.
    /// </param>
    public bool IsCollapsed(double? explained) => EffectiveRank < OneDirection || explained is not (null or >= ExplainsTooLittle);

    /// <summary>The health of features [tasks, samples, width]; the samples of all tasks count as one sample.</summary>
    public static FeatureHealth Of(TaskSamples features)
    {
        var columns = new CentredColumns(features.Width, features.Tasks * features.Samples);
        columns.Load(features.Values, centre: true);
        var alive = 0;
        for (var unit = 0; unit < features.Width; unit++)
            if (TensorPrimitives.Max(columns.Column(unit)) > TensorPrimitives.Min(columns.Column(unit))) alive++;

        var gram = new double[features.Width * features.Width];
        var eigenvalues = new double[features.Width];
        columns.Gram(gram);
        SymmetricMatrix.Decompose(gram, eigenvalues);
        var total = eigenvalues.Sum();
        if (alive == 0 || total == 0) return new FeatureHealth(alive, 0);
        var entropy = eigenvalues.Select(value => value / total).Where(share => share > 0).Sum(share => -share * Math.Log(share));
        return new FeatureHealth(alive, Math.Exp(entropy));
    }

    /// <summary>
    /// How much of the labels' variance predictions explain, all tasks together: 1 − Σ squared errors / Σ squared deviations.
    /// </summary>
    /// <param name="predictions">[cells, samples, targets].</param>
    /// <param name="labels">[cells, samples, targets].</param>
    /// <returns>At most 1; negative where each task's mean would do better; 0 where no label varies.</returns>
    internal static double Explained(Targets predictions, Targets labels)
    {
        if (predictions.Cells != labels.Cells || predictions.Samples != labels.Samples || predictions.Outputs != labels.Outputs)
            throw new ArgumentException("Predictions and labels must have one shape [cells, samples, targets].", nameof(predictions));
        double errors = 0, deviations = 0;
        for (var task = 0; task < labels.Cells; task++)
        {
            ReadOnlySpan<double> predicted = predictions.Cell(task), truth = labels.Cell(task);
            for (var target = 0; target < labels.Outputs; target++)
            {
                double mean = 0;
                for (var place = target; place < truth.Length; place += labels.Outputs) mean += truth[place];
                mean /= labels.Samples;
                for (var place = target; place < truth.Length; place += labels.Outputs)
                {
                    errors += Square(predicted[place] - truth[place]);
                    deviations += Square(truth[place] - mean);
                }
            }
        }
        return deviations > 0 ? 1 - errors / deviations : 0;
    }

    private static double Square(double value) => value * value;
}
